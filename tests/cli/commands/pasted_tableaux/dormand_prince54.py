"""The pair 5(4) of Dormand and Prince, A = lower triangle."""
from fractions import Fraction

class Pair:
    order = 5
    A = [
        [],
        [Fraction(1, 5)],
        [Fraction(3, 40), Fraction(9, 40)],
        [Fraction(44, 45), Fraction(-56, 15), Fraction(32, 9)],
        [Fraction(19372, 6561), Fraction(-25360, 2187), Fraction(64448, 6561), Fraction(-212, 729)],
        [Fraction("9017/3168"), -Fraction(355, 33), Fraction(46732, 5247), Fraction(49, 176),
         Fraction(-5103, 18656)],
        [Fraction(35, 384), 0, Fraction(500, 1113), Fraction(125, 192), Fraction(-2187, 6784),
         Fraction(11, 84)],
    ]
    b = [Fraction(35, 384), 0, Fraction(500, 1113), Fraction(125, 192), Fraction(-2187, 6784),
         Fraction(11, 84), 0]
    b_hat = [Fraction(5179, 57600), 0, Fraction(7571, 16695), Fraction(393, 640),
             Fraction(-92097, 339200), Fraction(187, 2100), Fraction(1, 40)]
