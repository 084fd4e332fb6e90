"""LangChain's model for OpenAI's API: `python langchain_client.py SCENARIO [ARGUMENT …]` prints a result as JSON.

INDIFLY_URL is the base URL, and INDIFLY_KEY the API key.
"""

import json
import os
import sys

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI


def model(**others):
    settings = {"model": "gpt-4o-mini", "max_retries": 0, **others}
    return ChatOpenAI(base_url=os.environ["INDIFLY_URL"], api_key=os.environ["INDIFLY_KEY"], **settings)


def invoked(content):
    history = [SystemMessage("Be brief."), HumanMessage("One?"), AIMessage("Two."), HumanMessage(content)]
    answer = model().invoke(history)
    return {"text": answer.text, "usage": answer.usage_metadata, "finish": answer.response_metadata["finish_reason"]}


def streamed(content):
    pieces, whole = [], None
    for chunk in model(stream_usage=True).stream(content):
        pieces.append(chunk.text)
        whole = chunk if whole is None else whole + chunk
    return {"pieces": [piece for piece in pieces if piece], "text": whole.text, "usage": whole.usage_metadata}


def batched(*contents):
    return [answer.text for answer in model().batch(list(contents))]


def with_responses(content):
    """The same over the Responses API, streamed."""
    whole = None
    for chunk in model(use_responses_api=True).stream(content):
        whole = chunk if whole is None else whole + chunk
    return {"text": whole.text, "usage": whole.usage_metadata}


def refused(name, content):
    pieces = []
    try:
        for chunk in model(model=name).stream(content):
            pieces.append(chunk.text)
    except Exception as error:  # Whatever the program would have to handle.
        return {"text": "".join(pieces), "class": type(error).__name__, "message": str(error)}


if __name__ == "__main__":
    scenario, *arguments = sys.argv[1:]
    print(json.dumps(globals()[scenario](*arguments)))
