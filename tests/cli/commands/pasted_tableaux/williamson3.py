# Williamson's method of order 3 in two registers
A = [0, -5/9, -153/128]
B = [1/3, 15/16, 8/15]
