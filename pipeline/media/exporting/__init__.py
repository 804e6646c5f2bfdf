"""A finished film in another container, codec or size, or a part of it, and the proof that it is that film."""

from pipeline.media.exporting.arguments import estimated_bytes, export_arguments
from pipeline.media.exporting.checking import certify_export
from pipeline.media.exporting.making import write_export
from pipeline.media.exporting.values import FORMAT_FACTS, FORMATS, ExportSpec, Format, Tags

__all__ = [
    "FORMATS",
    "FORMAT_FACTS",
    "ExportSpec",
    "Format",
    "Tags",
    "certify_export",
    "estimated_bytes",
    "export_arguments",
    "write_export",
]
