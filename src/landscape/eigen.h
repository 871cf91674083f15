/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef OT_LANDSCAPE_EIGEN_H
#define OT_LANDSCAPE_EIGEN_H

/* Eigenvalues and eigenvectors of a symmetric n by n matrix a, which is destroyed: its diagonal
 * becomes the eigenvalues, in no order, and column k of v the vector of length 1 of the k-th.
 * Jacobi's method (Golub and Van Loan, Matrix Computations, 8.5). */
void ot__eigen(int n, double *a, double *v);

#endif
