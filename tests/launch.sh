# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
# Starts processes that share a training: source it after tap.sh, then
#     launch N COMMAND...      runs N processes of the build directory's programs
# It ends the test with a counted skip where there is no MPI.
build=$(cd "${top_builddir:?}" && pwd)
ODETAPE_MPI_MODULE=$build/.libs/comm_mpi.so
export ODETAPE_MPI_MODULE
unset OMP_NUM_THREADS
if ! [ -e "$ODETAPE_MPI_MODULE" ] || ! command -v mpirun >/dev/null; then
    skip "several processes share a training" "there is no MPI (apt install libopenmpi-dev openmpi-bin)"
    finish
    exit
fi
if nm -D "$build/.libs/libodetape.so" 2>/dev/null | grep -q '__asan_\|__tsan_'; then
    skip "several processes share a training" "the library has sanitizers, and MPI has not"
    finish
    exit
fi

# Open MPI: more processes than cores, no binding, also as root; quiet about what it does.  Waiting
# processes let others run.
OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
OMPI_MCA_btl_vader_single_copy_mechanism=none OMPI_MCA_btl=vader,self OMPI_ALLOW_RUN_AS_ROOT=1
OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OMPI_MCA_rmaps_base_oversubscribe OMPI_MCA_hwloc_base_binding_policy OMPI_MCA_mpi_yield_when_idle
export OMPI_MCA_btl_vader_single_copy_mechanism OMPI_MCA_btl OMPI_ALLOW_RUN_AS_ROOT
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM

# A job that should have ended must not run for ever.
limited() {
    timeout $((${job_seconds:-120} * ${CK_TIMEOUT_MULTIPLIER:-1})) "$@"
}

launch() { # N COMMAND...
    n=$1
    shift
    limited mpirun -q -n "$n" "$@"
}

# A program that writes its process number to $pids/RANK and becomes the command.
pids=${scratch:?}/pids
mkdir "$pids"
cat >"$scratch/ranked" <<END
#!/bin/sh
echo \$\$ >"$pids/\${OMPI_COMM_WORLD_RANK:-\$PMI_RANK}"
exec "\$@"
END
chmod +x "$scratch/ranked"
