"""A video diffusion transformer at Cosmos-Predict2-2B's shapes: dense, sparse, with step caches."""
