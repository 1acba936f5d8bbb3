"""Matrix products in three ways, for the analysis of waves and tails."""
