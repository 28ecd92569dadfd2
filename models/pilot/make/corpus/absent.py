"""Whether Pilotlight has something: what it has not, and the few things of the same kind that it has. A small model says "Yes" to whatever sounds
likely, so both are taught with many names, and each answer begins with Yes or No and says the name again.
"""

from .phrasing import capital, say

PAGES = [
    "Models", "Overview", "Repairs", "Settings", "Documentation", "Statistics", "Downloads", "Dashboard", "Home", "Profile", "Account", "Admin", "Users", "History", "Help", "Logs", "Metrics", "Engines", "Servers",
    "Memory", "Library", "Prompts", "Tools", "Plugins", "Status", "Usage", "Billing", "Gallery", "Playground", "Agents", "Files", "Projects", "Health", "Monitoring", "Welcome", "Login", "About", "Preferences", "Doctor", "Benchmarks",
]
# name -> what holds instead
THINGS = {
    "Docker image": "`npm start` is all you need", "mobile app": "it is a page in the browser", "desktop app": "it is a page in the browser", "pull button": "`ollama pull` fetches models",
    "download button for models": "`ollama pull` fetches models", "model gallery": "the model picker lists what is there", "model store": "the model picker lists what is there", "user account": "it runs on your own machine", "login page": "a token protects it where it is needed",
    "voice input": "you write into the composer", "microphone button": "you write into the composer", "plugin system": "the settings are all there is", "voice output": "answers are text", "browser extension": "it is a page in the browser", "calendar": "it has chats only", "code interpreter": "models answer with text", "plugin store": "the settings are all there is", "premium version": "all of it is free",
    "Windows installer": "`npm start` is all you need", "group chat": "it has no accounts", "German version": "the page is in English", "language setting": "the page is in English", "spell checker": "the browser has one", "notification": "the page shows what happens", "app store": "it is a page in the browser",
    "web search": "models answer from what they have learned", "image generator": "models answer with text", "Redis cache": "chats are kept in SQLite", "cloud sync": "chats stay on your machine", "share link": "you can export a chat",
    "prompt library": "you write into the composer", "settings dialog for the server": "its settings are environment variables or lines in `.env`", "admin menu": "settings are environment variables or lines in `.env`", "/v1 endpoint": "its own API is under /api", "OpenAI-compatible API": "its own API is under /api",
    "Ollama-compatible API": "its own API is under /api", "Anthropic API": "its own API is under /api", "repair button": "the words beside the flame name the cause", "translation button": "models answer with text",
}
HAS = {
    "file upload": "use the paper clip in the composer", "image upload": "use the paper clip in the composer", "paper clip": "it is in the composer and takes files", "Postgres connection": "`DATABASE_URL` names the database",
    "Undo button": "it brings a deleted chat back", "dark mode": "the theme button is at the top of the side bar", "dark theme": "the theme button is at the top of the side bar", "theme button": "it is at the top of the side bar", "Edit button": "it is beside your question", "Copy button": "it is at every answer", "setting for the temperature": "it is in the settings of the chat",
    "preset": "it is in the settings of the chat", "list of keys": "press ?", "archive": "it is in the menu of a chat", "folder for chats": "it is in the menu of a chat", "Continue button": "it is under an answer that was cut", "temporary chat": "nothing of it is kept",
    "Chat page": "Chat is the one page", "chat page": "Chat is the one page", "model picker": "it is in the composer, beside the flame", "search": "it is in the side bar, Ctrl-K", "search box": "it is in the side bar, Ctrl-K", "command line": "it is `npx pilotlight`", "CLI": "it is `npx pilotlight`",
    "API reference": "it is at http://127.0.0.1:8000/docs", "HTTP API": "it is under http://127.0.0.1:8000/api", "stop button": "Esc in the composer does the same", "export": "it is in the menu of a chat", "side bar": "it lists your conversations", "queue": "Pilotlight shows your place in it",
    "built-in model": "that is me", "composer": "it is at the foot of the page", "flame": "it shows the phase of a model", "memory budget": "`MEMORY_BUDGET` sets it", "Regenerate button": "it is under the answer", "backup": "`npx pilotlight backup FILE` makes one",
}
PULLING = "`ollama pull` fetches models, or put a `.gguf` file into the `models` folder"
# what one would do -> (whether one can, how it is)
DOES = {
    "upload a file": (True, "use the paper clip in the composer"), "attach a file": (True, "use the paper clip in the composer"), "upload a PDF": (True, "use the paper clip in the composer"), "upload a picture": (True, "use the paper clip in the composer; only some models see pictures"),
    "edit my question": (True, "press Edit beside it"), "edit a message": (True, "press Edit beside it"), "copy an answer": (True, "press Copy under it"), "use a dark theme": (True, "the theme button is at the top of the side bar"), "change the theme": (True, "the theme button is at the top of the side bar"),
    "set a system prompt": (True, "in the settings of the chat"), "change the temperature": (True, "in the settings of the chat"), "change parameters of a chat": (True, "in the settings of the chat"), "rename a chat": (True, "from its menu in the side bar"), "use Postgres": (True, "`DATABASE_URL` names the database"), "pin a model": (True, "`npx pilotlight pin` keeps it in memory"), "pin a chat": (True, "from its menu in the side bar"), "archive a chat": (True, "from its menu in the side bar"),
    "put chats into folders": (True, "from the menu of a chat in the side bar"), "undo a deletion": (True, "press Undo"), "bring a deleted chat back": (True, "press Undo soon after"), "continue a cut answer": (True, "press Continue under it"), "start a temporary chat": (True, "nothing of it is kept"),
    "use MySQL": (False, "chats are kept in SQLite or Postgres"), "use Redis": (False, "chats are kept in SQLite or Postgres"),
    "pull models": (False, PULLING), "pull a model": (False, PULLING), "download a model": (False, PULLING), "download models": (False, PULLING), "install a model": (False, PULLING), "pull mistral": (False, PULLING), "browse Hugging Face": (False, PULLING),
    "delete a model": (False, "remove its file, or run `ollama rm`"), "delete models": (False, "remove their files, or run `ollama rm`"), "remove a model from the disk": (False, "remove its file, or run `ollama rm`"), 
    "speak to a model": (False, "you write text"), "generate pictures": (False, "models answer with text"), "search the web": (False, "models answer from what they have learned"),
    "train a model": (False, "it runs models"), "fine-tune a model": (False, "it runs models"), "change the port on the page": (False, "it is the setting `PILOTLIGHT_PORT`"), "change settings of the server on the page": (False, "they are environment variables or lines in `.env`"), "listen to answers": (False, "answers are text"), "record my voice": (False, "you write text"), "run code": (False, "models answer with text"),
    "chat with other people": (False, "you chat with models"), "change the font": (False, "the page has one look, light or dark"), "change the language": (False, "the page is in English"), "sign in with Google": (False, "there are no accounts"), "schedule messages": (False, "a message is sent at once"), "create users": (False, "there are no accounts"),
    "share a chat by link": (False, "you can export it"), "use the OpenAI SDK": (False, "its own API is under /api"), "use an OpenAI client": (False, "its own API is under /api"),
    "use vLLM": (True, "name it in `PILOTLIGHT_SERVERS`"), "use LM Studio": (True, "name it in `PILOTLIGHT_SERVERS`"), "use llama-server": (True, "name it in `PILOTLIGHT_SERVERS`"), "use an OpenAI-compatible server": (True, "name it in `PILOTLIGHT_SERVERS`"), "use Ollama": (True, "`OLLAMA_HOST` says where it is"),
    "search my chats": (True, "Ctrl-K searches titles and messages"), "search old messages": (True, "Ctrl-K searches titles and messages"), "export a chat": (True, "from its menu, or with `npx pilotlight export`"), "export my conversations": (True, "`npx pilotlight export` writes them"),
    "import chats": (True, "`npx pilotlight import FILE` takes them in"), "import chats from ChatGPT": (True, "`npx pilotlight import FILE` takes them in"), "import from Open WebUI": (True, "`npx pilotlight import FILE` takes them in"), "back up my chats": (True, "`npx pilotlight backup FILE` does it"),
    "restore a backup": (True, "`npx pilotlight restore FILE` does it"), "load a model by hand": (True, "in the model picker, or with `npx pilotlight load`"), "unload a model": (True, "in the model picker, or with `npx pilotlight unload`"), "limit the memory": (True, "`MEMORY_BUDGET` sets how much models may take"),
    "stop an answer": (True, "press Stop, or Esc"), "delete a conversation": (True, "in the list on the left"), "chat in a terminal": (True, "run `npx pilotlight chat`"), "switch the model": (True, "in the composer, beside the flame"), "use several models": (True, "as far as memory allows"),
}
PRODUCT = "{Pilotlight|Pilotlight|it|the app|this app|this version}"


def article(name: str) -> str:
    if name in ("voice input", "voice output", "web search", "image upload", "file upload", "cloud sync", "export"):
        return name
    return ("an " if name[0] in "AEIOaeio" and not name.startswith("us") else "a ") + name


def asked_for(rng, name: str) -> str:
    some = article(name)
    return say(rng, f"{{Is there {some}|Does {PRODUCT} have {some}|Do you have {some}|Has {PRODUCT} got {some}|Is there {some} in {PRODUCT}|Can I open {some}|is there {some} here|Do I get {some}|Will I find {some}|There is {some}, right|Have you got {some}}}")


def has_page(rng) -> tuple[str, str]:
    name = rng.choice(PAGES)
    question = asked_for(rng, f"{name} page") if rng.random() < 0.6 else say(rng, f"{{Where is the {name} page|How do I open the {name} page|Open the {name} page|Show me the {name} page|What is on the {name} page|What can I do on the {name} page|Take me to the {name} page|I cannot find the {name} page|Go to {name}|What does the {name} page show|the {name} page}}")
    return question, f"No. There is no {name} page; this version has one page, Chat."


def has_thing(rng) -> tuple[str, str]:
    there = rng.random() < 0.35
    name, how = rng.choice(list((HAS if there else THINGS).items()))
    return asked_for(rng, name), f"Yes: {how}." if there else f"No. There is no {name}; {how}."


def can_do(rng) -> tuple[str, str]:
    what, (can, how) = rng.choice(list(DOES.items()))
    inside = "{| in Pilotlight| with Pilotlight| in the app| here| in the product| in this version| in the browser}" if not can else "{| in Pilotlight| with Pilotlight| in the app| here| in the product}"
    question = say(rng, f"{{Can I {what}{inside}|Can I {what}{inside}|Is it possible to {what}{inside}|Can Pilotlight {what}|Am I able to {what}{inside}|Does Pilotlight let me {what}|May I {what}{inside}|Does the app {what}}}")
    return question, f"Yes: {how}." if can else f"No, Pilotlight cannot do that. {capital(how)}."


ALL = [(3, has_page), (2.5, has_thing), (4, can_do)]
