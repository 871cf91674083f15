C     Heun's method of order 3, in fixed form
      DOUBLE PRECISION A21, A31, A32, B1, B2, B3
      PARAMETER (A21=1.D0/3.D0, A31=0.D0, A32=2.D0/3.D0,
     &           B1=0.25D0, B2=0.D0,
     &           B3=7.5D-1)
