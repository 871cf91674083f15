# SPDX-License-Identifier: BSD-3-Clause
# The picture of scaling.md: gnuplot -e "set output 'scaling.svg'" scaling.gp
# The model is that of bench/scaling.py; both must agree.
set terminal svg size 720,400 font 'Helvetica,14' background 'white'
waited = 117
weights = 2074058
norm_bytes = 756
max(a, b) = a > b ? a : b
travel(p, l, o, b) = 2 * ceil(weights / 2.0**18) * (3 * l + (p - 1) * o) + 8.0 * weights * (p - 1) / p / b
last(p, l, o) = 6 * l + 2 * (p - 1) * o
step(p, c, l, o, b) = c + waited * (l + (p - 1) * (o + norm_bytes / b)) + \
    max(last(p, l, o), travel(p, l, o, b) - 2.0 / 3 * c)
efficiency(p, c, l, o, b) = 100 * c / step(p, c, l, o, b)

set logscale x 2
set xrange [2:640]
set yrange [0:105]
set xtics (2, 4, 8, 16, 32, 64, 128, 256, 512)
set xlabel 'processes, 16 images each'
set ylabel 'efficiency, %'
set key at graph 0.03, 0.36 left top Left reverse spacing 1.2
set grid ytics lc rgb '#dddddd'
set arrow from 16, 0 to 16, 105 nohead dt 3 lc rgb '#888888'
set label 'most today' at 17.5, 5 tc rgb '#666666'
plot efficiency(x, 0.449, 2e-6, 0.3e-6, 12.5e9) lw 2 lc rgb '#00427d' title 'InfiniBand, 449 ms alone', \
    efficiency(x, 0.449, 20e-6, 1e-6, 1.25e9) lw 2 lc rgb '#00427d' dt 2 title 'Ethernet, 449 ms alone', \
    efficiency(x, 0.030, 2e-6, 0.3e-6, 12.5e9) lw 2 lc rgb '#c05800' title 'InfiniBand, 30 ms alone', \
    efficiency(x, 0.030, 20e-6, 1e-6, 1.25e9) lw 2 lc rgb '#c05800' dt 2 title 'Ethernet, 30 ms alone'
