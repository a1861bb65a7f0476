"""The offline starter: a corpus that the project generates, and the script that makes policy and judge from it."""
