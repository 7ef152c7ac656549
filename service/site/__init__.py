"""The static site: what its pages say (reader, views, words), how they look (render), how they are written
(build, feeds). Templates and style are in the folder `site/` beside the packages."""

from __future__ import annotations

from service.site.build import BuildResult, build_site

__all__ = ["BuildResult", "build_site"]
