# SPDX-License-Identifier: BSD-3-Clause
dist_man_MANS += \
	man/odetape-experiment.5 \
	man/odetape-images.5 \
	man/odetape-python.3 \
	man/odetape-systems.7 \
	man/odetape-tableau.5 \
	man/odetape.1 \
	man/odetape.3
