# SPDX-License-Identifier: BSD-3-Clause
# Benches are built and run only when asked for: make bench, make bench-peer.  How to read them:
# bench/README.md.
EXTRA_PROGRAMS = bench/link bench/loader bench/ops bench/step
bench_link_SOURCES = bench/link.c
bench_loader_CFLAGS = $(AM_CFLAGS)
bench_loader_LDADD = libodetape.la
bench_loader_SOURCES = bench/loader.c
bench_ops_CFLAGS = $(AM_CFLAGS)
bench_ops_LDADD = libodetape.la $(JANSSON_LIBS)
bench_ops_SOURCES = bench/ops.c
bench_step_CFLAGS = $(AM_CFLAGS)
bench_step_LDADD = libodetape.la
bench_step_SOURCES = bench/step.c
EXTRA_DIST += bench/README.md bench/peer.py bench/peer_rows.py bench/peer_scheme.py \
    bench/peer_torch.py bench/scaling.py results
CLEANFILES += bench/link$(EXEEXT) bench/loader$(EXEEXT) bench/ops$(EXEEXT) bench/step$(EXEEXT)

PYTHON3 = python3

.PHONY: bench bench-peer bench-scaling
bench: bench/loader$(EXEEXT) bench/ops$(EXEEXT) bench/step$(EXEEXT)
	./bench/loader
	@echo
	./bench/ops
	@echo
	./bench/step $(BENCH_ARGS)

bench-peer: bench/step$(EXEEXT) odetape$(EXEEXT)
	PEER_PYTHON='$(PEER_PYTHON)' $(PYTHON3) -B $(srcdir)/bench/peer.py ./bench/step ./odetape \
	    $(BENCH_ARGS)

# Two processes on two machines with a slow network between them; needs root.
bench-scaling: bench/link$(EXEEXT) odetape$(EXEEXT)
	$(PYTHON3) -B $(srcdir)/bench/scaling.py $(BENCH_ARGS)
