"""Rows of files, and batches of token ids made from them."""
