"""Facts that nobody bought: believable ones for the demo, and well-counted ones to test the product with.

What is said about a campaign follows from the seed, the campaign and the time alone. It is sent through the
same door as everybody's. Nothing here needs Django.
"""
