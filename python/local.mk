# SPDX-License-Identifier: BSD-3-Clause
# odetape.py is made of odetape.py.in and of what odetape.h declares.
EXTRA_DIST += python/README.md python/declare.py python/odetape.py.in
pythonexampledir = $(docdir)/examples
dist_pythonexample_DATA = python/examples/landscape.py

if PYTHON_INSTALL
python_DATA = python/odetape.py
endif
if HAVE_NUMPY
check_DATA = python/odetape.py
endif
CLEANFILES += python/odetape.py

python/odetape.py: python/odetape.py.in python/declare.py src/odetape.h Makefile
	$(AM_V_GEN)$(MKDIR_P) python && \
	$(NUMPY_PYTHON) -B $(srcdir)/python/declare.py $(srcdir)/src/odetape.h \
		$(srcdir)/python/odetape.py.in '$(PACKAGE_VERSION)' '$(OT_LT_VERSION)' '$(libdir)' \
		>$@.new && mv $@.new $@
