"""Recomputing what somebody asks for: any range of one campaign, a workspace, or all."""
