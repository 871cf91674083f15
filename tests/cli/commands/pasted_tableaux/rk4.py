import numpy as np
# The classical method.
A = np.array([[0, 0, 0, 0],
              [1/2, 0, 0, 0],   # stage 2
              [0, 1/2, 0, 0],
              [0, 0, 1, 0]], dtype=float)
b = np.array([1/6, 1/3, 1/3, 1/6])
c = np.array([0, 0.5, 0.5, 1.])
step = 0.1
