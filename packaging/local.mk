# SPDX-License-Identifier: BSD-3-Clause
# Checks of a release, and packages.  README.md says what each is for.
EXTRA_DIST += \
	packaging/README.md \
	packaging/abi.sh \
	packaging/abi.suppressions \
	packaging/check-dist.sh \
	packaging/check-reproducible.sh \
	packaging/deb.sh \
	packaging/debian/changelog \
	packaging/debian/control \
	packaging/debian/copyright \
	packaging/debian/libodetape-dev.install \
	packaging/debian/libodetape0.install \
	packaging/debian/libodetape0.symbols \
	packaging/debian/not-installed \
	packaging/debian/odetape-doc.docs \
	packaging/debian/odetape-doc.install \
	packaging/debian/odetape.install \
	packaging/debian/python3-odetape.install \
	packaging/debian/python3-odetape.lintian-overrides \
	packaging/debian/rules \
	packaging/debian/source/format \
	packaging/debian/tests/control \
	packaging/debian/tests/installcheck

.PHONY: check-abi check-dist check-reproducible
check-dist check-reproducible:
	$(MAKE) dist
	srcdir='$(srcdir)' $(SHELL) $(srcdir)/packaging/$@.sh $(distdir).tar.xz
check-abi: libodetape.la
	$(SHELL) $(srcdir)/packaging/abi.sh compare .libs/libodetape.so

# A tarball has the same bytes wherever, whenever and by whomever it is made.  All its files have one
# time: SOURCE_DATE_EPOCH, or that of the commit, or in an unpacked release that of its files.
# xz 5.6 writes other bytes if it may use several threads.
DIST_TIME = $${SOURCE_DATE_EPOCH:-$$(if test -e $(srcdir)/.git; then git -C $(srcdir) log -1 --format=%ct; \
	else date -r $(srcdir)/NEWS +%s; fi)}
am__tar = : "$${XZ_OPT:=-e -T1}" && time=$(DIST_TIME) && test -n "$$time" && \
	LC_ALL=C tar --format=posix --pax-option=delete=atime,delete=ctime --sort=name --mtime="@$$time" \
	--owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -chf - "$$tardir"
