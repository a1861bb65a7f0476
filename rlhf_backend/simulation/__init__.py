"""Simulated people: gold rewards as hidden tastes, and annotators who judge by them with human faults.

Proves and rehearses the loop without people. Recipes must not import it: a gold reward is never a training target.
"""
