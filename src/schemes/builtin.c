/* SPDX-License-Identifier: BSD-3-Clause
 * The built-in tableaux, as texts in the format of odetape-tableau(5), which users' files have too.
 * To add a tableau, add its text here and nothing else: listings, networks and tests find it. */
#include "schemes/scheme.h"

/* clang-format off */
const char *const ot__builtin_texts[] = {
    "scheme    = euler\n"
    "title     = Forward Euler\n"
    "order     = 1\n"
    "reference = L. Euler, Institutionum calculi integralis, vol. 1, 1768\n"
    "b = 1\n",

    "scheme    = midpoint\n"
    "title     = Explicit midpoint (modified Euler)\n"
    "order     = 2\n"
    "reference = C. Runge, Math. Ann. 46 (1895) 167-178\n"
    "a2 = 1/2\n"
    "b  = 0, 1\n",

    "scheme    = heun2\n"
    "title     = Heun 2 (improved Euler, explicit trapezoid, SSPRK(2,2))\n"
    "order     = 2\n"
    "reference = K. Heun, Z. Math. Phys. 45 (1900) 23-38\n"
    "a2 = 1\n"
    "b  = 1/2, 1/2\n"
    "embedded euler (order 1) = 1, 0\n",

    "scheme    = ralston2\n"
    "title     = Ralston 2 (minimum error bound)\n"
    "order     = 2\n"
    "reference = A. Ralston, Math. Comp. 16 (1962) 431-437\n"
    "a2 = 2/3\n"
    "b  = 1/4, 3/4\n",

    "scheme    = kutta3\n"
    "title     = Kutta 3\n"
    "order     = 3\n"
    "reference = W. Kutta, Z. Math. Phys. 46 (1901) 435-453\n"
    "a2 = 1/2\n"
    "a3 = -1, 2\n"
    "b  = 1/6, 2/3, 1/6\n",

    "scheme    = heun3\n"
    "title     = Heun 3\n"
    "order     = 3\n"
    "reference = K. Heun, Z. Math. Phys. 45 (1900) 23-38\n"
    "a2 = 1/3\n"
    "a3 = 0, 2/3\n"
    "b  = 1/4, 0, 3/4\n",

    "scheme    = ssprk33\n"
    "title     = SSPRK(3,3) Shu-Osher\n"
    "order     = 3\n"
    "reference = C.-W. Shu, S. Osher, J. Comput. Phys. 77 (1988) 439-471\n"
    "a2 = 1\n"
    "a3 = 1/4, 1/4\n"
    "b  = 1/6, 1/6, 2/3\n",

    "scheme    = rk4\n"
    "title     = Classical RK4\n"
    "order     = 4\n"
    "reference = W. Kutta, Z. Math. Phys. 46 (1901) 435-453\n"
    "a2 = 1/2\n"
    "a3 = 0, 1/2\n"
    "a4 = 0, 0, 1\n"
    "b  = 1/6, 1/3, 1/3, 1/6\n",

    "scheme    = rk4_38\n"
    "title     = Kutta 3/8 rule\n"
    "order     = 4\n"
    "reference = W. Kutta, Z. Math. Phys. 46 (1901) 435-453\n"
    "a2 = 1/3\n"
    "a3 = -1/3, 1\n"
    "a4 = 1, -1, 1\n"
    "b  = 1/8, 3/8, 3/8, 1/8\n",

    "scheme    = gill4\n"
    "title     = Gill 4\n"
    "order     = 4\n"
    "reference = S. Gill, Proc. Cambridge Philos. Soc. 47 (1951) 96-108\n"
    "a2 = 1/2\n"
    "a3 = (-1 + sqrt(2))/2, (2 - sqrt(2))/2\n"
    "a4 = 0, -sqrt(2)/2, (2 + sqrt(2))/2\n"
    "b  = 1/6, (2 - sqrt(2))/6, (2 + sqrt(2))/6, 1/6\n",

    "scheme    = kutta_nystrom5\n"
    "title     = Kutta-Nystrom 5\n"
    "order     = 5\n"
    "reference = W. Kutta, Z. Math. Phys. 46 (1901) 435-453, corrected by E. J. Nystrom, "
        "Acta Soc. Sci. Fenn. 50 (1925)\n"
    "a2 = 1/3\n"
    "a3 = 4/25, 6/25\n"
    "a4 = 1/4, -3, 15/4\n"
    "a5 = 2/27, 10/9, -50/81, 8/81\n"
    "a6 = 2/25, 12/25, 2/15, 8/75, 0\n"
    "b  = 23/192, 0, 125/192, 0, -27/64, 125/192\n",

    "scheme    = huta6\n"
    "title     = Huta 6 (the first)\n"
    "order     = 6\n"
    "reference = A. Huta, Acta Fac. Rerum Nat. Univ. Comenianae Math. 1 (1956) 201-224\n"
    "a2 = 1/9\n"
    "a3 = 1/24, 1/8\n"
    "a4 = 1/6, -1/2, 2/3\n"
    "a5 = -5/8, 27/8, -3, 3/4\n"
    "a6 = 221/9, -109, 289/3, -34/3, 1/9\n"
    "a7 = -61/16, 113/8, -59/6, -11/8, 5/3, 1/16\n"
    "a8 = 358/41, -2079/82, 501/41, 417/41, -227/41, -9/82, 36/41\n"
    "b  = 41/840, 0, 9/35, 9/280, 34/105, 9/280, 9/35, 41/840\n",

    "scheme    = fehlberg45\n"
    "title     = Fehlberg 4(5), advanced with order 5\n"
    "order     = 5\n"
    "reference = E. Fehlberg, NASA TR R-315 (1969)\n"
    "a2 = 1/4\n"
    "a3 = 3/32, 9/32\n"
    "a4 = 1932/2197, -7200/2197, 7296/2197\n"
    "a5 = 439/216, -8, 3680/513, -845/4104\n"
    "a6 = -8/27, 2, -3544/2565, 1859/4104, -11/40\n"
    "b  = 16/135, 0, 6656/12825, 28561/56430, -9/50, 2/55\n"
    "embedded order4 (order 4) = 25/216, 0, 1408/2565, 2197/4104, -1/5, 0\n",

    "scheme    = cash_karp\n"
    "title     = Cash-Karp 5(4)\n"
    "order     = 5\n"
    "reference = J. R. Cash, A. H. Karp, ACM Trans. Math. Softw. 16 (1990) 201-222\n"
    "a2 = 1/5\n"
    "a3 = 3/40, 9/40\n"
    "a4 = 3/10, -9/10, 6/5\n"
    "a5 = -11/54, 5/2, -70/27, 35/27\n"
    "a6 = 1631/55296, 175/512, 575/13824, 44275/110592, 253/4096\n"
    "b  = 37/378, 0, 250/621, 125/594, 0, 512/1771\n"
    "embedded order4 (order 4) = 2825/27648, 0, 18575/48384, 13525/55296, 277/14336, 1/4\n"
    "embedded order3 (order 3) = 19/54, 0, -10/27, 55/54, 0, 0\n"
    "embedded order2 (order 2) = -3/2, 5/2, 0, 0, 0, 0\n"
    "embedded order1 (order 1) = 1, 0, 0, 0, 0, 0\n",

    "scheme    = bogacki_shampine32\n"
    "title     = Bogacki-Shampine 3(2)\n"
    "order     = 3\n"
    "reference = P. Bogacki, L. F. Shampine, Appl. Math. Lett. 2 (1989) 321-325\n"
    "a2 = 1/2\n"
    "a3 = 0, 3/4\n"
    "a4 = 2/9, 1/3, 4/9\n"
    "b  = 2/9, 1/3, 4/9, 0\n"
    "embedded order2 (order 2) = 7/24, 1/4, 1/3, 1/8\n",

    "scheme    = dormand_prince54\n"
    "title     = Dormand-Prince 5(4)\n"
    "order     = 5\n"
    "reference = J. R. Dormand, P. J. Prince, J. Comput. Appl. Math. 6 (1980) 19-26\n"
    "a2 = 1/5\n"
    "a3 = 3/40, 9/40\n"
    "a4 = 44/45, -56/15, 32/9\n"
    "a5 = 19372/6561, -25360/2187, 64448/6561, -212/729\n"
    "a6 = 9017/3168, -355/33, 46732/5247, 49/176, -5103/18656\n"
    "a7 = 35/384, 0, 500/1113, 125/192, -2187/6784, 11/84\n"
    "b  = 35/384, 0, 500/1113, 125/192, -2187/6784, 11/84, 0\n"
    "embedded order4 (order 4) = 5179/57600, 0, 7571/16695, 393/640, -92097/339200, 187/2100, "
        "1/40\n",

    "scheme    = dverk65\n"
    "title     = DVERK, Verner 6(5)\n"
    "order     = 6\n"
    "reference = T. E. Hull, W. H. Enright, K. R. Jackson, Tech. Rep. 100, "
        "Univ. of Toronto (1976)\n"
    "a2 = 1/6\n"
    "a3 = 4/75, 16/75\n"
    "a4 = 5/6, -8/3, 5/2\n"
    "a5 = -165/64, 55/6, -425/64, 85/96\n"
    "a6 = 12/5, -8, 4015/612, -11/36, 88/255\n"
    "a7 = -8263/15000, 124/75, -643/680, -81/250, 2484/10625, 0\n"
    "a8 = 3501/1720, -300/43, 297275/52632, -319/2322, 24068/84065, 0, 3850/26703\n"
    "b  = 3/40, 0, 875/2244, 23/72, 264/1955, 0, 125/11592, 43/616\n"
    "embedded order5 (order 5) = 13/160, 0, 2375/5984, 5/16, 12/85, 3/44, 0, 0\n",

    "scheme    = verner89\n"
    "title     = Verner 8(9), advanced with order 8\n"
    "order     = 8\n"
    "reference = J. H. Verner, SIAM J. Numer. Anal. 15 (1978) 772-790\n"
    "a2  = 1/12\n"
    "a3  = 1/27, 2/27\n"
    "a4  = 1/24, 0, 1/8\n"
    "a5  = (4 + 94*sqrt(6))/375, 0, (-94 - 84*sqrt(6))/125, (328 + 208*sqrt(6))/375\n"
    "a6  = (9 - sqrt(6))/150, 0, 0, (312 + 32*sqrt(6))/1425, (69 + 29*sqrt(6))/570\n"
    "a7  = (927 - 347*sqrt(6))/1250, 0, 0, (-16248 + 7328*sqrt(6))/9375, "
        "(-489 + 179*sqrt(6))/3750, (14268 - 5798*sqrt(6))/9375\n"
    "a8  = 2/27, 0, 0, 0, 0, (16 - sqrt(6))/54, (16 + sqrt(6))/54\n"
    "a9  = 19/256, 0, 0, 0, 0, (118 - 23*sqrt(6))/512, (118 + 23*sqrt(6))/512, -9/256\n"
    "a10 = 11/144, 0, 0, 0, 0, (266 - sqrt(6))/864, (266 + sqrt(6))/864, -1/16, -8/27\n"
    "a11 = (5034 - 271*sqrt(6))/61440, 0, 0, 0, 0, 0, (7859 - 1626*sqrt(6))/10240, "
        "(-2232 + 813*sqrt(6))/20480, (-594 + 271*sqrt(6))/960, (657 - 813*sqrt(6))/5120\n"
    "a12 = (5996 - 3794*sqrt(6))/405, 0, 0, 0, 0, (-4342 - 338*sqrt(6))/9, "
        "(154922 - 40458*sqrt(6))/135, (-4176 + 3794*sqrt(6))/45, "
        "(-340864 + 242816*sqrt(6))/405, (26304 - 15176*sqrt(6))/45, -26624/81\n"
    "a13 = (3793 + 2168*sqrt(6))/103680, 0, 0, 0, 0, (4042 + 2263*sqrt(6))/13824, "
        "(-231278 + 40717*sqrt(6))/69120, (7947 - 2168*sqrt(6))/11520, "
        "(1048 - 542*sqrt(6))/405, (-1383 + 542*sqrt(6))/720, 2624/1053, 3/1664\n"
    "a14 = -137/1296, 0, 0, 0, 0, (5642 - 337*sqrt(6))/864, (5642 + 337*sqrt(6))/864, "
        "-299/48, 184/81, -44/9, -5120/1053, -11/468, 16/9\n"
    "a15 = (33617 - 2168*sqrt(6))/518400, 0, 0, 0, 0, (-3846 + 31*sqrt(6))/13824, "
        "(155338 - 52807*sqrt(6))/345600, (-12537 + 2168*sqrt(6))/57600, "
        "(92 + 542*sqrt(6))/2025, (-1797 - 542*sqrt(6))/3600, 320/567, -1/1920, 4/105, 0\n"
    "a16 = (-36487 - 30352*sqrt(6))/279600, 0, 0, 0, 0, (-29666 - 4499*sqrt(6))/7456, "
        "(2779182 - 615973*sqrt(6))/186400, (-94329 + 91056*sqrt(6))/93200, "
        "(-232192 + 121408*sqrt(6))/17475, (101226 - 22764*sqrt(6))/5825, -169984/9087, "
        "-87/30290, 492/1165, 0, 1260/233\n"
    "b   = 103/1680, 0, 0, 0, 0, 0, 0, -27/140, 76/105, -201/280, 1024/1365, 3/7280, 12/35, "
        "9/280, 0, 0\n"
    "embedded order9 (order 9) = 23/525, 0, 0, 0, 0, 0, 0, 171/1400, 86/525, 93/280, "
        "-2048/6825, -3/18200, 39/175, 0, 9/25, 233/4200\n",

    /* The coefficients that the paper's results were computed with.  Four differ from verner89:
     * b8 has the wrong sign, and a6,1, a12,7 and a12,10 have other values; of a12,10 only decimals
     * are known. */
    "scheme    = verner89_as_coded\n"
    "title     = Verner 8(9) with the four misprints of the HO-ResNet code\n"
    "order     = 0\n"
    "reference = Verner89Block of zlannnn/HO-ResNet at 262c243 (2021); verner89 is right\n"
    "a2  = 1/12\n"
    "a3  = 1/27, 2/27\n"
    "a4  = 1/24, 0, 1/8\n"
    "a5  = (4 + 94*sqrt(6))/375, 0, (-94 - 84*sqrt(6))/125, (328 + 208*sqrt(6))/375\n"
    "a6  = 4/75, 0, 0, (312 + 32*sqrt(6))/1425, (69 + 29*sqrt(6))/570\n"
    "a7  = (927 - 347*sqrt(6))/1250, 0, 0, (-16248 + 7328*sqrt(6))/9375, "
        "(-489 + 179*sqrt(6))/3750, (14268 - 5798*sqrt(6))/9375\n"
    "a8  = 2/27, 0, 0, 0, 0, (16 - sqrt(6))/54, (16 + sqrt(6))/54\n"
    "a9  = 19/256, 0, 0, 0, 0, (118 - 23*sqrt(6))/512, (118 + 23*sqrt(6))/512, -9/256\n"
    "a10 = 11/144, 0, 0, 0, 0, (266 - sqrt(6))/864, (266 + sqrt(6))/864, -1/16, -8/27\n"
    "a11 = (5034 - 271*sqrt(6))/61440, 0, 0, 0, 0, 0, (7859 - 1626*sqrt(6))/10240, "
        "(-2232 + 813*sqrt(6))/20480, (-594 + 271*sqrt(6))/960, (657 - 813*sqrt(6))/5120\n"
    "a12 = (5996 - 3794*sqrt(6))/405, 0, 0, 0, 0, (-4342 - 338*sqrt(6))/9, "
        "114464/135, (-4176 + 3794*sqrt(6))/45, "
        "(-340864 + 242816*sqrt(6))/405, 378582248023/625000000, -26624/81\n"
    "a13 = (3793 + 2168*sqrt(6))/103680, 0, 0, 0, 0, (4042 + 2263*sqrt(6))/13824, "
        "(-231278 + 40717*sqrt(6))/69120, (7947 - 2168*sqrt(6))/11520, "
        "(1048 - 542*sqrt(6))/405, (-1383 + 542*sqrt(6))/720, 2624/1053, 3/1664\n"
    "a14 = -137/1296, 0, 0, 0, 0, (5642 - 337*sqrt(6))/864, (5642 + 337*sqrt(6))/864, "
        "-299/48, 184/81, -44/9, -5120/1053, -11/468, 16/9\n"
    "b   = 103/1680, 0, 0, 0, 0, 0, 0, 27/140, 76/105, -201/280, 1024/1365, 3/7280, 12/35, "
        "9/280\n",
};
/* clang-format on */

const int ot__builtin_count = (int)(sizeof ot__builtin_texts / sizeof ot__builtin_texts[0]);
