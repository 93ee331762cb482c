"""The page of recordings: the sound and what is said in it, each following the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as Answer
from werkzeug.wsgi import wrap_file

from archive import review
from archive.command_line import today
from archive.standing import TakenBack
from archive.testimony import SPEAKERS, Segment
from archive.vault import UnknownRecord
from archive.versions import loudness, programs, record, webvtt
from archive.versions.derivation import Version, among, first_free
from archive.versions.recordings import Recording, opened, recording
from archive.versions.recordings import recordings as all_recordings
from archive.versions.wav import NoSound
from archive.workbench import page
from archive.workbench.versions import closed

recordings = Blueprint("recordings", __name__)
HEIGHT: Final = 80
"""Of a waveform, in the SVG's own units; it is as wide as it has columns."""


@recordings.get("/testimony/<name>/recording")
def show(name: str) -> str:
    try:
        told = review.reading(page.vault(), name).told
        found, heard = record.history(page.vault(), name), all_recordings(page.vault(), name)
    except (UnknownRecord, TakenBack):
        abort(404)
    number = request.args.get("part", heard[0].number if heard else 0, type=int)
    chosen = next((each for each in heard if each.number == number), None)
    transcripts = (
        [v for v in found if v.recording == number and v.lang == told.lang_original] if chosen else []
    )
    asked = request.args.get("version", -1, type=int)
    shown = next((v for v in transcripts if v.number == asked), transcripts[-1] if transcripts else None)
    return page.show(
        "recording.html",
        testimony=told,
        recordings=heard,
        chosen=chosen,
        transcripts=transcripts,
        shown=shown,
        cues=_timed(shown.segments) if shown else [],
        closed=closed(name, [shown]) if shown else {},
        vtt=_vtt(shown),
        clock=webvtt.clock,
        speakers=SPEAKERS,
        program=_recogniser(),
    )


def _timed(segments: Sequence[Segment]) -> list[Segment]:
    return [each for each in segments if each.t_start is not None]


def _vtt(shown: Version | None) -> str:
    cues = _timed(shown.segments) if shown else []
    return webvtt.write(cues) if cues else "WEBVTT\n"


def _recogniser() -> programs.Program | None:
    """Asked once for its version: it is a program that has to be started for that."""
    kept = current_app.extensions
    if "recogniser" not in kept:
        kept["recogniser"] = programs.found("recogniser")
    program: programs.Program | None = kept["recogniser"]
    return program


def _recording(name: str, number: int) -> Recording:
    try:
        return recording(page.vault(), name, number)
    except (UnknownRecord, TakenBack, NoSound):
        abort(404)


@recordings.get("/testimony/<name>/recording/<int:number>/sound")
def sound(name: str, number: int) -> Response:
    """The sound in pieces, from wherever the player looks (RFC 9110, range requests)."""
    heard = _recording(name, number)
    try:
        source = opened(page.vault(), heard)
    except NoSound:
        abort(404)
    answer = Response(wrap_file(request.environ, source, loudness.PIECE), mimetype=heard.media)  # type: ignore[arg-type]
    answer.direct_passthrough = True
    answer.content_length = source.length
    try:
        answer.make_conditional(request, accept_ranges=True, complete_length=source.length)
    except RequestedRangeNotSatisfiable:
        source.close()
        raise
    return answer


@recordings.get("/testimony/<name>/recording/<int:number>/waveform.svg")
def waveform(name: str, number: int) -> Response:
    """How loud it is, drawn; kept in memory while the workbench runs: an hour takes time."""
    heard, kept = _recording(name, number), current_app.extensions.setdefault("waveforms", {})
    if heard.source not in kept:
        try:
            kept[heard.source] = loudness.peaks(page.vault(), heard)
        except NoSound:
            abort(404)
    peaks = kept[heard.source]
    scale = HEIGHT / (max(peaks) or 1)  # a low voice is drawn as large as a loud one
    columns = [(x, max(1.0, round(peak * scale, 1))) for x, peak in enumerate(peaks)]
    drawn = render_template("waveform.svg", columns=columns, height=HEIGHT)
    return Response(drawn, mimetype="image/svg+xml")


@recordings.post("/testimony/<name>/recording/<int:number>/save")
def save(name: str, number: int) -> Answer:
    """What is said in the recording, as WebVTT, becomes a new version by who has signed in."""
    vault, heard = page.vault(), _recording(name, number)
    back = redirect(url_for("recordings.show", name=name, part=heard.number), code=303)
    with page.tells_refusals():
        person = page.signer()
        with vault.together():
            found = record.history(vault, name)
            source = request.form.get("version", -1, type=int)
            known = {each.id for each in among(found, source).segments}
            told = webvtt.parse(request.form.get("vtt", "").encode(), known, first_free(found))
            made = record.keep(
                vault, person, name, "corrected", told, today(), derived_from=source, recording=number
            )
        page.say("recordings_done", str(made.number))
    return back
