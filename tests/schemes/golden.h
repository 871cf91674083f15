/* SPDX-License-Identifier: BSD-3-Clause
 * Written by golden.py from tableaux.json; do not edit. */
#ifndef OT_TESTS_GOLDEN_H
#define OT_TESTS_GOLDEN_H

#include <stddef.h>

typedef struct golden_embedded {
    const char *name;
    int order;
    const double *b;
} golden_embedded;

typedef struct golden {
    const char *name;
    int order, stages;
    const double *a, *b, *c; /* a row by row, without the diagonal */
    int n_embedded;
    const golden_embedded *embedded;
} golden;

/* clang-format off */
static const golden golden_tableaux[] = {
    { "euler", 1, 1,
      (const double[]){
          0,
      },
      (const double[]){
          0x1.0000000000000p+0,
      },
      (const double[]){
          0,
      },
      0,
      NULL },
    { "midpoint", 2, 2,
      (const double[]){
          0x1.0000000000000p-1,
      },
      (const double[]){
          0, 0x1.0000000000000p+0,
      },
      (const double[]){
          0, 0x1.0000000000000p-1,
      },
      0,
      NULL },
    { "heun2", 2, 2,
      (const double[]){
          0x1.0000000000000p+0,
      },
      (const double[]){
          0x1.0000000000000p-1, 0x1.0000000000000p-1,
      },
      (const double[]){
          0, 0x1.0000000000000p+0,
      },
      1,
      (const golden_embedded[]){
      { "euler", 1, (const double[]){
          0x1.0000000000000p+0, 0,
      } },
      } },
    { "ralston2", 2, 2,
      (const double[]){
          0x1.5555555555555p-1,
      },
      (const double[]){
          0x1.0000000000000p-2, 0x1.8000000000000p-1,
      },
      (const double[]){
          0, 0x1.5555555555555p-1,
      },
      0,
      NULL },
    { "kutta3", 3, 3,
      (const double[]){
          0x1.0000000000000p-1, -0x1.0000000000000p+0, 0x1.0000000000000p+1,
      },
      (const double[]){
          0x1.5555555555555p-3, 0x1.5555555555555p-1, 0x1.5555555555555p-3,
      },
      (const double[]){
          0, 0x1.0000000000000p-1, 0x1.0000000000000p+0,
      },
      0,
      NULL },
    { "heun3", 3, 3,
      (const double[]){
          0x1.5555555555555p-2, 0, 0x1.5555555555555p-1,
      },
      (const double[]){
          0x1.0000000000000p-2, 0, 0x1.8000000000000p-1,
      },
      (const double[]){
          0, 0x1.5555555555555p-2, 0x1.5555555555555p-1,
      },
      0,
      NULL },
    { "ssprk33", 3, 3,
      (const double[]){
          0x1.0000000000000p+0, 0x1.0000000000000p-2, 0x1.0000000000000p-2,
      },
      (const double[]){
          0x1.5555555555555p-3, 0x1.5555555555555p-3, 0x1.5555555555555p-1,
      },
      (const double[]){
          0, 0x1.0000000000000p+0, 0x1.0000000000000p-1,
      },
      0,
      NULL },
    { "rk4", 4, 4,
      (const double[]){
          0x1.0000000000000p-1, 0, 0x1.0000000000000p-1, 0, 0, 0x1.0000000000000p+0,
      },
      (const double[]){
          0x1.5555555555555p-3, 0x1.5555555555555p-2, 0x1.5555555555555p-2,
          0x1.5555555555555p-3,
      },
      (const double[]){
          0, 0x1.0000000000000p-1, 0x1.0000000000000p-1, 0x1.0000000000000p+0,
      },
      0,
      NULL },
    { "rk4_38", 4, 4,
      (const double[]){
          0x1.5555555555555p-2, -0x1.5555555555555p-2, 0x1.0000000000000p+0,
          0x1.0000000000000p+0, -0x1.0000000000000p+0, 0x1.0000000000000p+0,
      },
      (const double[]){
          0x1.0000000000000p-3, 0x1.8000000000000p-2, 0x1.8000000000000p-2,
          0x1.0000000000000p-3,
      },
      (const double[]){
          0, 0x1.5555555555555p-2, 0x1.5555555555555p-1, 0x1.0000000000000p+0,
      },
      0,
      NULL },
    { "gill4", 4, 4,
      (const double[]){
          0x1.0000000000000p-1, 0x1.a827999fcef32p-3, 0x1.2bec333018867p-2, 0,
          -0x1.6a09e667f3bcdp-1, 0x1.b504f333f9de6p+0,
      },
      (const double[]){
          0x1.5555555555555p-3, 0x1.8fe5999576089p-4, 0x1.2358a222a6944p-1,
          0x1.5555555555555p-3,
      },
      (const double[]){
          0, 0x1.0000000000000p-1, 0x1.0000000000000p-1, 0x1.0000000000000p+0,
      },
      0,
      NULL },
    { "kutta_nystrom5", 5, 6,
      (const double[]){
          0x1.5555555555555p-2, 0x1.47ae147ae147bp-3, 0x1.eb851eb851eb8p-3,
          0x1.0000000000000p-2, -0x1.8000000000000p+1, 0x1.e000000000000p+1,
          0x1.2f684bda12f68p-4, 0x1.1c71c71c71c72p+0, -0x1.3c0ca4587e6b7p-1,
          0x1.948b0fcd6e9e0p-4, 0x1.47ae147ae147bp-4, 0x1.eb851eb851eb8p-2,
          0x1.1111111111111p-3, 0x1.b4e81b4e81b4fp-4, 0,
      },
      (const double[]){
          0x1.eaaaaaaaaaaabp-4, 0, 0x1.4d55555555555p-1, 0, -0x1.b000000000000p-2,
          0x1.4d55555555555p-1,
      },
      (const double[]){
          0, 0x1.5555555555555p-2, 0x1.999999999999ap-2, 0x1.0000000000000p+0,
          0x1.5555555555555p-1, 0x1.999999999999ap-1,
      },
      0,
      NULL },
    { "huta6", 6, 8,
      (const double[]){
          0x1.c71c71c71c71cp-4, 0x1.5555555555555p-5, 0x1.0000000000000p-3,
          0x1.5555555555555p-3, -0x1.0000000000000p-1, 0x1.5555555555555p-1,
          -0x1.4000000000000p-1, 0x1.b000000000000p+1, -0x1.8000000000000p+1,
          0x1.8000000000000p-1, 0x1.88e38e38e38e4p+4, -0x1.b400000000000p+6,
          0x1.8155555555555p+6, -0x1.6aaaaaaaaaaabp+3, 0x1.c71c71c71c71cp-4,
          -0x1.e800000000000p+1, 0x1.c400000000000p+3, -0x1.3aaaaaaaaaaabp+3,
          -0x1.6000000000000p+0, 0x1.aaaaaaaaaaaabp+0, 0x1.0000000000000p-4,
          0x1.176a2576a2577p+3, -0x1.95a895da895dbp+4, 0x1.87063e7063e70p+3,
          0x1.4576a2576a257p+3, -0x1.62576a2576a25p+2, -0x1.c18f9c18f9c19p-4,
          0x1.c18f9c18f9c19p-1,
      },
      (const double[]){
          0x1.8fd8fd8fd8fd9p-5, 0, 0x1.0750750750750p-2, 0x1.0750750750750p-5,
          0x1.4b94b94b94b95p-2, 0x1.0750750750750p-5, 0x1.0750750750750p-2,
          0x1.8fd8fd8fd8fd9p-5,
      },
      (const double[]){
          0, 0x1.c71c71c71c71cp-4, 0x1.5555555555555p-3, 0x1.5555555555555p-2,
          0x1.0000000000000p-1, 0x1.5555555555555p-1, 0x1.aaaaaaaaaaaabp-1,
          0x1.0000000000000p+0,
      },
      0,
      NULL },
    { "fehlberg45", 5, 6,
      (const double[]){
          0x1.0000000000000p-2, 0x1.8000000000000p-4, 0x1.2000000000000p-2,
          0x1.c23e39189614cp-1, -0x1.a37b2a108bd3cp+1, 0x1.a912fe408db10p+1,
          0x1.0425ed097b426p+1, -0x1.0000000000000p+3, 0x1.cb1a72c69cb1ap+2,
          -0x1.a5ad296b4a5adp-3, -0x1.2f684bda12f68p-2, 0x1.0000000000000p+1,
          -0x1.61b58ba0961b6p+0, 0x1.cfd813f604fd8p-2, -0x1.199999999999ap-2,
      },
      (const double[]){
          0x1.e573ac901e574p-4, 0, 0x1.09b89459aa352p-1, 0x1.0323aaacfd498p-1,
          -0x1.70a3d70a3d70ap-3, 0x1.29e4129e4129ep-5,
      },
      (const double[]){
          0, 0x1.0000000000000p-2, 0x1.8000000000000p-2, 0x1.d89d89d89d89ep-1,
          0x1.0000000000000p+0, 0x1.0000000000000p-1,
      },
      1,
      (const golden_embedded[]){
      { "order4", 4, (const double[]){
          0x1.da12f684bda13p-4, 0, 0x1.190d13101190dp-1, 0x1.1216f485bd217p-1,
          -0x1.999999999999ap-3, 0,
      } },
      } },
    { "cash_karp", 5, 6,
      (const double[]){
          0x1.999999999999ap-3, 0x1.3333333333333p-4, 0x1.ccccccccccccdp-3,
          0x1.3333333333333p-2, -0x1.ccccccccccccdp-1, 0x1.3333333333333p+0,
          -0x1.a12f684bda12fp-3, 0x1.4000000000000p+1, -0x1.4bda12f684bdap+1,
          0x1.4bda12f684bdap+0, 0x1.e3425ed097b42p-6, 0x1.5e00000000000p-2,
          0x1.54bda12f684bep-5, 0x1.99f425ed097b4p-2, 0x1.fa00000000000p-5,
      },
      (const double[]){
          0x1.90ee643b990eep-4, 0, 0x1.9c3d02e2bb280p-2, 0x1.aef9f76166929p-3, 0,
          0x1.280a685dab4b0p-2,
      },
      (const double[]){
          0, 0x1.999999999999ap-3, 0x1.3333333333333p-2, 0x1.3333333333333p-1,
          0x1.0000000000000p+0, 0x1.c000000000000p-1,
      },
      4,
      (const golden_embedded[]){
      { "order4", 4, (const double[]){
          0x1.a284bda12f685p-4, 0, 0x1.891f2747c9d1fp-2, 0x1.f4ed097b425edp-3,
          0x1.3c92492492492p-6, 0x1.0000000000000p-2,
      } },
      { "order3", 3, (const double[]){
          0x1.684bda12f684cp-2, 0, -0x1.7b425ed097b42p-2, 0x1.04bda12f684bep+0, 0, 0,
      } },
      { "order2", 2, (const double[]){
          -0x1.8000000000000p+0, 0x1.4000000000000p+1, 0, 0, 0, 0,
      } },
      { "order1", 1, (const double[]){
          0x1.0000000000000p+0, 0, 0, 0, 0, 0,
      } },
      } },
    { "bogacki_shampine32", 3, 4,
      (const double[]){
          0x1.0000000000000p-1, 0, 0x1.8000000000000p-1, 0x1.c71c71c71c71cp-3,
          0x1.5555555555555p-2, 0x1.c71c71c71c71cp-2,
      },
      (const double[]){
          0x1.c71c71c71c71cp-3, 0x1.5555555555555p-2, 0x1.c71c71c71c71cp-2, 0,
      },
      (const double[]){
          0, 0x1.0000000000000p-1, 0x1.8000000000000p-1, 0x1.0000000000000p+0,
      },
      1,
      (const golden_embedded[]){
      { "order2", 2, (const double[]){
          0x1.2aaaaaaaaaaabp-2, 0x1.0000000000000p-2, 0x1.5555555555555p-2,
          0x1.0000000000000p-3,
      } },
      } },
    { "dormand_prince54", 5, 7,
      (const double[]){
          0x1.999999999999ap-3, 0x1.3333333333333p-4, 0x1.ccccccccccccdp-3,
          0x1.f49f49f49f49fp-1, -0x1.ddddddddddddep+1, 0x1.c71c71c71c71cp+1,
          0x1.79eec0fc37181p+1, -0x1.7310bd29520e4p+3, 0x1.3a552363c5290p+3,
          -0x1.29c9eba1e3345p-2, 0x1.6c52bf5a814b0p+1, -0x1.583e0f83e0f84p+3,
          0x1.1d016a3721e8bp+3, 0x1.1d1745d1745d1p-2, -0x1.1818970d9cc2fp-2,
          0x1.7555555555555p-4, 0, 0x1.cc0499a5605fbp-2, 0x1.4d55555555555p-1,
          -0x1.4a1cfb2b78c13p-2, 0x1.0c30c30c30c31p-3,
      },
      (const double[]){
          0x1.7555555555555p-4, 0, 0x1.cc0499a5605fbp-2, 0x1.4d55555555555p-1,
          -0x1.4a1cfb2b78c13p-2, 0x1.0c30c30c30c31p-3, 0,
      },
      (const double[]){
          0, 0x1.999999999999ap-3, 0x1.3333333333333p-2, 0x1.999999999999ap-1,
          0x1.c71c71c71c71cp-1, 0x1.0000000000000p+0, 0x1.0000000000000p+0,
      },
      1,
      (const golden_embedded[]){
      { "order4", 4, (const double[]){
          0x1.7048d159e26afp-4, 0, 0x1.d05f703aa30fap-2, 0x1.3a66666666666p-1,
          -0x1.16075785e4908p-2, 0x1.6cbd323989ff0p-4, 0x1.999999999999ap-6,
      } },
      } },
    { "dverk65", 6, 8,
      (const double[]){
          0x1.5555555555555p-3, 0x1.b4e81b4e81b4fp-5, 0x1.b4e81b4e81b4fp-3,
          0x1.aaaaaaaaaaaabp-1, -0x1.5555555555555p+1, 0x1.4000000000000p+1,
          -0x1.4a00000000000p+1, 0x1.2555555555555p+3, -0x1.a900000000000p+2,
          0x1.c555555555555p-1, 0x1.3333333333333p+1, -0x1.0000000000000p+3,
          0x1.a3de8933de893p+2, -0x1.38e38e38e38e4p-2, 0x1.6161616161616p-2,
          -0x1.1a0b321b94696p-1, 0x1.a740da740da74p+0, -0x1.e424242424242p-1,
          -0x1.4bc6a7ef9db23p-2, 0x1.decc5dc638e91p-3, 0, 0x1.048a1ef548a1fp+1,
          -0x1.be82fa0be82fap+2, 0x1.697bc7305e02cp+2, -0x1.195b81dfce9bbp-3,
          0x1.252c6bd6be270p-2, 0, 0x1.2747164f0dcbbp-3,
      },
      (const double[]){
          0x1.3333333333333p-4, 0, 0x1.8f497803a68f5p-2, 0x1.471c71c71c71cp-2,
          0x1.148efe4c35f33p-3, 0, 0x1.6158dde6e9900p-7, 0x1.1dec0d4c77b03p-4,
      },
      (const double[]){
          0, 0x1.5555555555555p-3, 0x1.1111111111111p-2, 0x1.5555555555555p-1,
          0x1.aaaaaaaaaaaabp-1, 0x1.0000000000000p+0, 0x1.1111111111111p-4,
          0x1.0000000000000p+0,
      },
      1,
      (const golden_embedded[]){
      { "order5", 5, (const double[]){
          0x1.4cccccccccccdp-4, 0, 0x1.966ac7df24f67p-2, 0x1.4000000000000p-2,
          0x1.2121212121212p-3, 0x1.1745d1745d174p-4, 0, 0,
      } },
      } },
    { "verner89", 8, 16,
      (const double[]){
          0x1.5555555555555p-4, 0x1.2f684bda12f68p-5, 0x1.2f684bda12f68p-4,
          0x1.5555555555555p-5, 0, 0x1.0000000000000p-3, 0x1.3fd5055a005f7p-1, 0,
          -0x1.32f3890893505p+1, 0x1.1ddd54a99e29ep+1, 0x1.65bec5706583ep-5, 0, 0,
          0x1.188741140b26dp-2, 0x1.f724dee2d287cp-3, 0x1.f8cdf60a57ac7p-5, 0, 0,
          0x1.73c6f4c38d5cap-3, -0x1.b9a30e0d81e58p-7, 0x1.cc62534320d71p-8,
          0x1.2f684bda12f68p-4, 0, 0, 0, 0, 0x1.00f533f66f19ap-2, 0x1.5ddb63bdb6d36p-2,
          0x1.3000000000000p-4, 0, 0, 0, 0, 0x1.ed4b3c332e04dp-4, 0x1.5cad30f3347edp-2,
          -0x1.2000000000000p-5, 0x1.38e38e38e38e4p-4, 0, 0, 0, 0, 0x1.385b2d525d765p-2,
          0x1.3e29904ed1f1fp-2, -0x1.0000000000000p-4, -0x1.2f684bda12f68p-2,
          0x1.23588bf09e951p-4, 0, 0, 0, 0, 0, 0x1.839ceb75933d9p-2, -0x1.80e75bac99ecbp-7,
          0x1.29dd03d85abbep-4, -0x1.0ae3148a6cc27p-2, -0x1.048850025d0dfp+3, 0, 0, 0, 0,
          -0x1.1f37dbb623a6cp+9, 0x1.9d7c4a7319e04p+8, 0x1.c6e076746fcc2p+6,
          0x1.39788293bf07ap+9, -0x1.e316423e34ed9p+7, -0x1.48b0fcd6e9e06p+8,
          0x1.67a4ea294f699p-4, 0, 0, 0, 0, 0x1.6301da03b03e0p-1, -0x1.e7316c5dc8ffbp+0,
          0x1.d4b6540d3716bp-3, -0x1.617fcfb5f03ccp-1, -0x1.3b07f5bf0e0b1p-4,
          0x1.3ef77db0be9a2p+1, 0x1.d89d89d89d89ep-10, -0x1.b0fcd6e9e0652p-4, 0, 0, 0, 0,
          0x1.64c7870897a91p+2, 0x1.df128beded149p+2, -0x1.8eaaaaaaaaaabp+2,
          0x1.22c3f35ba7819p+1, -0x1.38e38e38e38e4p+2, -0x1.372fe4c568c85p+2,
          -0x1.8118118118118p-6, 0x1.c71c71c71c71cp+0, 0x1.bf500c872dfbbp-5, 0, 0, 0, 0,
          -0x1.17439e5452b68p-2, 0x1.3400e54082c19p-4, -0x1.00f14402a49e2p-3,
          0x1.66efd8005ba99p-1, -0x1.bc641152b0b73p-1, 0x1.20f59d92bcba0p-1,
          -0x1.1111111111111p-11, 0x1.3813813813814p-5, 0, -0x1.95ea5323ab425p-2, 0, 0, 0, 0,
          -0x1.5d3cfcf47e797p+2, 0x1.b42d0b10d8b81p+2, 0x1.618b002c2999dp+0,
          0x1.dd8ab4a7dce49p+1, 0x1.f389dff6ff0d3p+2, -0x1.2b4cf0239c0bap+4,
          -0x1.7878374eb7f10p-9, 0x1.b07406271d39dp-2, 0, 0x1.5a182bf2d0c16p+2,
      },
      (const double[]){
          0x1.f63f63f63f63fp-5, 0, 0, 0, 0, 0, 0, -0x1.8af8af8af8af9p-3, 0x1.7297297297297p-1,
          -0x1.6f8af8af8af8bp-1, 0x1.8018018018018p-1, 0x1.b01b01b01b01bp-12,
          0x1.5f15f15f15f16p-2, 0x1.0750750750750p-5, 0, 0,
      },
      (const double[]){
          0, 0x1.5555555555555p-4, 0x1.c71c71c71c71cp-4, 0x1.5555555555555p-3,
          0x1.d6f867bc578bap-2, 0x1.2068c499c08d9p-1, 0x1.e4c353ff64302p-3,
          0x1.5555555555555p-1, 0x1.0000000000000p-1, 0x1.5555555555555p-2,
          0x1.0000000000000p-2, 0x1.5555555555555p+0, 0x1.aaaaaaaaaaaabp-1,
          0x1.0000000000000p+0, 0x1.5555555555555p-3, 0x1.0000000000000p+0,
      },
      1,
      (const golden_embedded[]){
      { "order9", 9, (const double[]){
          0x1.66e33b007cd4ap-5, 0, 0, 0, 0, 0, 0, 0x1.f44c118de5ab2p-4, 0x1.4f7b5e1c482afp-3,
          0x1.541d41d41d41dp-2, -0x1.33466799acce0p-2, -0x1.59af348ce267cp-13,
          0x1.c869536202ed0p-3, 0, 0x1.70a3d70a3d70ap-2, 0x1.c67600f9a9343p-5,
      } },
      } },
};
/* clang-format on */

enum { GOLDEN_TABLEAUX = sizeof golden_tableaux / sizeof golden_tableaux[0] };

#endif
