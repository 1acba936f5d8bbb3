"""Denoising split over several GPUs by tokens, one process a GPU."""
