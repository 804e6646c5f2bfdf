"""The certificate: what a finished film really holds, measured in the file itself.

Nothing is taken from the plan or from what the assembly meant to do. Packets are counted and timed, every group of
pictures is decoded once in its life (its facts are kept under the digest of its packets), cuts are found by matching
decoded frames to the shots' own, the sound is decoded and compared with the song.
"""

from pipeline.media.certificate.certify import Certified, certify_film
from pipeline.media.certificate.values import Certificate, CutFact, FactsBook, Finding, PacketFacts, SoundFact, Span

__all__ = [
    "Certificate",
    "Certified",
    "CutFact",
    "FactsBook",
    "Finding",
    "PacketFacts",
    "SoundFact",
    "Span",
    "certify_film",
]
