"""Returns small enough to work out by hand: an instrument of two sub-modules and five questions."""

from pathlib import Path

from analysis.instrument import Instrument, load_instrument
from analysis.model import Answer, Return

#: The instrument's questions in its order; sea has two, land three.
SEA, LAND = ("SEA.A.1", "SEA.A.2"), ("LAND.A.1", "LAND.A.2", "LAND.A.3")
OF = {"sea": SEA, "land": LAND}

FILES = {
    "instrument.toml": 'id = "coast"\n',
    "nodes.csv": "node,parent,kind,submodule\nALL,,,\nSEA,ALL,,sea\nLAND,ALL,,land\n",
    "measures.csv": "measure,parent\nSEA.A,SEA\nLAND.A,LAND\n",
    "questions.csv": "question,measure,answer_set\n"
    "SEA.A.1,SEA.A,four\nSEA.A.2,SEA.A,four\nLAND.A.1,LAND.A,four\nLAND.A.2,LAND.A,four\nLAND.A.3,LAND.A,four\n",
    "answers.csv": "answer_set,option,value,level\nfour,none,0,0\nfour,some,1/3,1\nfour,most,2/3,2\nfour,all,1,3\n",
    "levels.csv": "level\n0\n1\n2\n3\n",
    "texts/en.csv": "key,text\ninstrument.title,Coast\n",
}


def coast(folder: Path, **changed: str) -> Instrument:
    """The instrument `coast` in a folder; `questions=` and the like replace the file of that name."""
    place = folder / "coast"
    (place / "texts").mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (place / name).write_text(changed.get(name.removesuffix(".csv"), content), encoding="utf-8")
    return load_instrument(place)


def coast_return(codes: dict[str, tuple[int, ...]], iso3="QMA", organization="", round_="2026", reading="self", **more) -> Return:
    """A return with the codes of each of its sub-modules: `{"sea": (3, -3)}`; the answer to a question stands in D4, D5, ..."""
    answers = [
        Answer(question, code, found=str(code), sheet=submodule.upper(), cell=f"D{4 + i}")
        for submodule, given in codes.items()
        for i, (question, code) in enumerate(zip(OF[submodule], given, strict=True))
    ]
    return Return("coast", iso3, organization, round_, reading, tuple(codes), tuple(answers), **more)
