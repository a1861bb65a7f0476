"""Pure functions of tensors: no files, no models, no state. B batch, T completion tokens, V vocabulary, K samples."""
