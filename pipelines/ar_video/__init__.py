"""An autoregressive video transformer with a sliding KV cache, at LongLive v1's shapes."""
