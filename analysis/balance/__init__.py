"""Upstream against downstream: the plane of both, what is still needed downstream, what the returns can say about the premise.

The premise ("the greater the maturity of upstream measures, the fewer downstream measures are required") is about need. Nothing here
says that one thing brings about another: assumptions are arguments of the functions, and none of them is estimated from the returns.
"""
