"""Espalier from Python, by ctypes alone: copy this file, or run it as `python3 espalier.py PLAN PROMPT [PICTURE ...]`.

    with Model("plan.h5") as model:
        dialogue = model.dialogue(["photo.jpg"], point="balanced")
        answer = dialogue.ask("What is this?", on_text=print)
        print(answer.text, answer.figures["first_token"])

The library is found as libespalier.so.0, or where ESPALIER_LIBRARY says.
"""

import ctypes as c
import os
import sys

_STATUS = ("ok", "plan", "image", "prompt", "settings", "cancelled", "misuse")
_TEXT = c.CFUNCTYPE(c.c_int32, c.c_void_p, c.c_size_t, c.c_void_p)


class _Image(c.Structure):
    _fields_ = [("path", c.c_char_p), ("bytes", c.c_char_p), ("size", c.c_size_t)]


class _Options(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("max_tokens", c.c_uint32),
        ("top_k", c.c_uint32),
        ("temperature", c.c_double),
        ("top_p", c.c_double),
        ("min_p", c.c_double),
        ("seed", c.c_uint64),
        ("stops", c.POINTER(c.c_char_p)),
        ("stop_count", c.c_size_t),
        ("json_schema", c.c_char_p),
        ("grammar", c.c_char_p),
    ]


class _Figures(c.Structure):
    _fields_ = [
        *((name, c.c_size_t) for name in ("prompt_tokens", "visual_tokens", "visual_kept", "known_pictures")),
        ("cache_bytes", c.c_size_t),
        *((name, c.c_double) for name in ("image", "vision", "prefill", "first_token", "decode")),
    ]


def _load():
    library = c.CDLL(os.environ.get("ESPALIER_LIBRARY", "libespalier.so.0"))
    pointer, message = c.c_void_p, c.POINTER(c.c_void_p)
    signatures = {
        "version": (c.c_char_p, []),
        "text_free": (None, [pointer]),
        "model_open": (c.c_int32, [c.c_char_p, c.c_int32, message, message]),
        "model_open_signed": (c.c_int32, [c.c_char_p, c.c_char_p, message, message]),
        "model_free": (None, [pointer]),
        "model_point_count": (c.c_size_t, [pointer]),
        "model_point": (c.c_char_p, [pointer, c.c_size_t]),
        "model_point_within": (c.c_int32, [pointer, c.c_double, c.POINTER(c.c_char_p), message]),
        "model_context_length": (c.c_size_t, [pointer]),
        "context_new": (pointer, [pointer, c.c_uint32]),
        "context_free": (None, [pointer]),
        "dialogue_new": (
            c.c_int32,
            [pointer, c.POINTER(_Image), c.c_size_t, c.c_char_p, c.c_char_p, c.c_uint64, message, message],
        ),
        "dialogue_free": (None, [pointer]),
        "cancellation_new": (pointer, []),
        "cancel": (None, [pointer]),
        "cancellation_free": (None, [pointer]),
        "ask": (
            c.c_int32,
            [pointer, c.c_char_p, c.POINTER(_Options), _TEXT, pointer, pointer, message, message],
        ),
        "answer_free": (None, [pointer]),
        "answer_text": (c.c_char_p, [pointer]),
        "answer_tokens": (c.POINTER(c.c_int32), [pointer, c.POINTER(c.c_size_t)]),
        "answer_finish": (c.c_char_p, [pointer]),
        "answer_figures": (None, [pointer, c.POINTER(_Figures), c.c_size_t]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, f"espalier_{name}")
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


class EspalierError(Exception):
    """Why something cannot be done, in one line; `kind` is what is at fault."""

    def __init__(self, status, line):
        super().__init__(line)
        self.kind = _STATUS[status] if status < len(_STATUS) else str(status)


def _call(name, *arguments):
    """Calls what returns a status, and raises its error."""
    message = c.c_void_p()
    status = getattr(_library, f"espalier_{name}")(*arguments, c.byref(message))
    if status:
        line = c.string_at(message).decode() if message else name
        _library.espalier_text_free(message)
        raise EspalierError(status, line)


def version():
    return _library.espalier_version().decode()


class _Object:
    """What the library made, freed with this object."""

    pointer = None

    def __init__(self, pointer, free):
        self.pointer, self._free = pointer, free

    def close(self):
        if self.pointer:
            self._free(self.pointer)
        self.pointer = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        self.close()


class Cancellation(_Object):
    """Asks answers to end, from any thread."""

    def __init__(self):
        super().__init__(_library.espalier_cancellation_new(), _library.espalier_cancellation_free)

    def cancel(self):
        _library.espalier_cancel(self.pointer)


class Answer:
    """A text with its token ids, why it ended, and the figures of the run."""

    def __init__(self, pointer):
        self.text = _library.espalier_answer_text(pointer).decode()
        count = c.c_size_t()
        tokens = _library.espalier_answer_tokens(pointer, c.byref(count))
        self.tokens = tokens[: count.value]
        self.finish = _library.espalier_answer_finish(pointer).decode()
        figures = _Figures()
        _library.espalier_answer_figures(pointer, c.byref(figures), c.sizeof(figures))
        self.figures = {name: getattr(figures, name) for name, _ in _Figures._fields_}


class Dialogue(_Object):
    """Questions about some pictures, one after the other. One thread at a time."""

    def ask(self, prompt, on_text=None, cancellation=None, **options):
        """The answer to a prompt; `options` are the fields of espalier_options, `stops` a list.

        `on_text` gets the text piece by piece; what it raises ends the answer and is raised here.
        """
        fields = _Options(c.sizeof(_Options), 256, 0, 0.0, 1.0, 0.0, 0)
        stops = [stop.encode() for stop in options.pop("stops", [])]
        fields.stops, fields.stop_count = (c.c_char_p * len(stops))(*stops), len(stops)
        for name, value in options.items():
            setattr(fields, name, value.encode() if isinstance(value, str) else value)
        raised = []

        def show(text, size, _):
            try:
                if on_text:
                    on_text(c.string_at(text, size).decode())
                return 0
            except BaseException as error:
                raised.append(error)
                return 1

        answer = c.c_void_p()
        try:
            _call(
                "ask", self.pointer, prompt.encode(), c.byref(fields), _TEXT(show), None,
                cancellation and cancellation.pointer, c.byref(answer),
            )  # fmt: skip
        except EspalierError:
            if raised:
                raise raised[0]
            raise
        try:
            return Answer(answer)
        finally:
            _library.espalier_answer_free(answer)


class Model(_Object):
    """A plan, opened."""

    def __init__(self, path, verify_weights=False, trusted_keys=None):
        pointer = c.c_void_p()
        if trusted_keys is None:
            _call("model_open", os.fsencode(path), verify_weights, c.byref(pointer))
        else:
            _call("model_open_signed", os.fsencode(path), os.fsencode(trusted_keys), c.byref(pointer))
        super().__init__(pointer, _library.espalier_model_free)

    @property
    def points(self):
        count = _library.espalier_model_point_count(self.pointer)
        return [_library.espalier_model_point(self.pointer, i).decode() for i in range(count)]

    @property
    def context_length(self):
        return _library.espalier_model_context_length(self.pointer)

    def point_within(self, seconds):
        """The point with the least harm that gives the first token within so many seconds."""
        name = c.c_char_p()
        _call("model_point_within", self.pointer, seconds, c.byref(name))
        return name.value.decode()

    def dialogue(self, images=(), point="dense", system=None, threads=0, max_bytes=0):
        """A dialogue about pictures, each a path or bytes, in a context of its own."""
        pictures = (_Image * len(images))(
            *(
                _Image(None, image, len(image)) if isinstance(image, bytes) else _Image(os.fsencode(image), None, 0)
                for image in images
            )
        )
        context = _library.espalier_context_new(self.pointer, threads)
        dialogue = c.c_void_p()
        try:
            _call(
                "dialogue_new", context, pictures, len(images), point.encode(), system and system.encode(),
                max_bytes, c.byref(dialogue),
            )  # fmt: skip
        finally:
            _library.espalier_context_free(context)
        return Dialogue(dialogue, _library.espalier_dialogue_free)


def main():
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} PLAN PROMPT [PICTURE ...]")
    try:
        with Model(sys.argv[1]) as model:
            point = "balanced" if "balanced" in model.points else "dense"
            with model.dialogue(sys.argv[3:], point) as dialogue:
                answer = dialogue.ask(sys.argv[2], on_text=lambda piece: print(piece, end="", flush=True))
    except EspalierError as error:
        sys.exit(f"Error: {error}")
    figures = answer.figures
    print(
        f"\n({point}: first token after {figures['first_token']:.3f} s, {figures['visual_kept']} of "
        f"{figures['visual_tokens']} visual tokens kept, {answer.finish})"
    )


if __name__ == "__main__":
    main()
