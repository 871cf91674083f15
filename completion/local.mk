# SPDX-License-Identifier: BSD-3-Clause
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_zshcompletion_DATA = completion/_odetape
dist_fishcompletion_DATA = completion/odetape.fish
EXTRA_DIST += completion/README.md completion/odetape.bash

# bash looks for a file with the name of the command.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	$(INSTALL_DATA) $(srcdir)/completion/odetape.bash '$(DESTDIR)$(bashcompletiondir)/odetape'
uninstall-local:
	rm -f '$(DESTDIR)$(bashcompletiondir)/odetape'
