# SPDX-License-Identifier: BSD-3-Clause
# Lint: rules about the tree itself.  installcheck.sh runs from `make installcheck` only.
LINT_TESTS = \
	tests/lint/floors.sh \
	tests/lint/header.sh \
	tests/lint/manual.sh \
	tests/lint/misuse.sh \
	tests/lint/mutants.sh \
	tests/lint/quickstart.sh \
	tests/lint/registry.sh \
	tests/lint/style.sh \
	tests/lint/symbols.sh
TESTS += $(LINT_TESTS)
EXTRA_DIST += $(LINT_TESTS) tests/lint/README.md tests/lint/installcheck.sh

installcheck-local:
	@srcdir='$(srcdir)' DESTDIR='$(DESTDIR)' libdir='$(libdir)' includedir='$(includedir)' \
	bindir='$(bindir)' mandir='$(mandir)' version='$(PACKAGE_VERSION)' CC='$(CC)' CXX='$(CXX)' \
	FLAGS='$(SANITIZER_CFLAGS)' PKG_CONFIG='$(PKG_CONFIG)' \
	$(SHELL) $(srcdir)/tests/lint/installcheck.sh
