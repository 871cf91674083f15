! The classical method.
module rk4
  implicit none
  real(kind=wp), parameter :: a21 = 1.0_wp/2.0_wp, a32 = 0.5_wp, &
       & a43 = 1._wp
  real(kind=wp), parameter :: b(4) = [ 1.0_wp/6, 1.0_wp/3, &
                                       1.0_wp/3, 1.0_wp/6 ]
end module
