"""The ground of every endpoint: problems, strict input, paging, ETags, rate limits, schema."""
