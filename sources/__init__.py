"""Which primary sources exist, what they found, and who disputes them."""
