"""The things being profiled: instrumented PyTorch pipelines with random weights."""
