/* SPDX-License-Identifier: BSD-3-Clause
 * Eigenvalues and eigenvectors of small symmetric matrices. */
#ifndef OT_LANDSCAPE_EIGEN_H
#define OT_LANDSCAPE_EIGEN_H

/* Diagonalises the symmetric n by n matrix a.  Its diagonal becomes the eigenvalues, in no
 * particular order, and column k of v the eigenvector of length 1 for the k-th. */
void ot__eigen(int n, double *a, double *v);

#endif
