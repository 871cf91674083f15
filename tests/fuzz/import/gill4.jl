# Gill's method has a square root.
s = sqrt(big"2")
A = [0 0 0 0; 1//2 0 0 0; (-1 + s)/2 (2 - s)/2 0 0; 0 -√2/2 1+√2/2 0]
b = [1//6, (2 - s)/6, (2 + s)/6, 1//6]
