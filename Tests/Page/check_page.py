"""Drives the page of espalier-serve in headless Chromium and checks what a person would see.

    python check_page.py http://127.0.0.1:8080 [--key KEY] [--screenshots FOLDER] [--only NAME]

The server may be any that serves a plan. What a healthy server never does (refusing a key, being busy, losing the
connection, a model that writes markup) is put in front of it inside the browser, so that every check runs against every
server. Prints a line for each check that fails and exits with 1 if there are any.

Needs Chromium with its driver, and the packages selenium and Pillow.
"""

import argparse
import base64
import io
import json
import pathlib
import random
import re
import shutil
import sys
import tempfile
import time
import traceback
import urllib.request

from PIL import Image, ImageDraw
from selenium import webdriver
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service

WIDE = (1280, 800)
NARROW = (390, 844)

# Stands between the page and the server. It keeps each question as the page sent it, and answers itself where a check
# says so: with a status, a lost connection, or a stream of pieces.
BETWEEN = """
(() => {
  const real = window.fetch.bind(window);
  window.between = { requests: [], next: [] };
  window.fetch = async (resource, options = {}) => {
    if (!String(resource).endsWith("chat/completions")) return real(resource, options);
    window.between.requests.push({ body: JSON.parse(options.body), authorization: new Headers(options.headers).get("Authorization") });
    const answer = window.between.next.shift();
    if (!answer) return real(resource, options);
    if (answer.lost) throw new TypeError("Failed to fetch");
    if (answer.status) return new Response(JSON.stringify({ error: { message: answer.message } }), { status: answer.status, headers: answer.headers ?? {} });
    const encoder = new TextEncoder();
    let index = 0;
    return new Response(new ReadableStream({
      start(controller) {
        options.signal?.addEventListener("abort", () => { try { controller.error(new DOMException("aborted", "AbortError")); } catch {} });
      },
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, answer.pause ?? 0));
        if (options.signal?.aborted) return;
        if (index < answer.pieces.length) controller.enqueue(encoder.encode(answer.pieces[index++]));
        else if (!answer.open) controller.close();
        else await new Promise(() => {});
      },
    }), { status: 200, headers: { "Content-Type": "text/event-stream" } });
  };
})();
"""

# Text that is too faint: every visible text node whose contrast with what lies behind it is under WCAG's 4.5.
FAINT = """
const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
const rgba = (colour) => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1); return [...context.getImageData(0, 0, 1, 1).data].map((value) => value / 255); };
const over = (top, below) => [0, 1, 2].map((index) => top[index] * top[3] + below[index] * (1 - top[3])).concat(1);
const light = (colour) => { const [r, g, b] = colour.map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = (element) => {
  const layers = [];
  for (let node = element; node; node = node.parentElement) layers.unshift(rgba(getComputedStyle(node).backgroundColor));
  return layers.reduce((below, layer) => over(layer, below), [1, 1, 1, 1]);
};
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  const text = walker.currentNode.data.trim();
  if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest("script, style, .unseen, :disabled")) continue;
  const ground = behind(element);
  const [a, b] = [light(over(rgba(getComputedStyle(element).color), ground)), light(ground)];
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < 4.5) faint.push(`${contrast.toFixed(2)}: ${text.slice(0, 40)}`);
}
return faint;
"""

# Whether the element with the keyboard's focus shows it: by itself, or by the label or card around it.
FOCUS_SHOWN = """
const element = document.activeElement;
for (const node of [element, element.closest("label"), element.closest(".card")].filter(Boolean)) {
  const style = getComputedStyle(node);
  if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 && parseFloat(style.opacity) > 0) return true;
  if (node.matches(".card") && style.boxShadow.includes("0px 0px 0px 1px")) return true;
}
return false;
"""


def event(value):
  return "data: " + (value if isinstance(value, str) else json.dumps(value)) + "\n\n"


def piece(text, finish=None):
  return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})


def grid(x, y, width, height, kept, rows=4, columns=4):
  return {"x": x, "y": y, "width": width, "height": height, "rows": rows, "columns": columns, "kept": kept}


def ending(point="fast", grids=(), vision=300.0, prefill=200.0):
  timings = {"queue_ms": 0, "image_ms": 12.0, "vision_ms": vision, "prefill_ms": prefill, "selection_ms": 9.0,
             "first_token_ms": 12.0 + vision + prefill, "decode_ms": 900.0, "decode_tokens_per_second": 20.0}
  usage = {"prompt_tokens": 600, "completion_tokens": 18, "total_tokens": 618, "prompt_tokens_details": {"cached_tokens": 0}}
  espalier = {"point": point, "visual_tokens": 576, "visual_kept": 64, "known_pictures": 0, "known_tokens": 0, "kv_bytes": 1,
              "pictures": [{"width": 640, "height": 480, "grids": list(each)} for each in grids]}
  return event({"choices": [], "usage": usage, "timings": timings, "espalier": espalier}) + event("[DONE]")


def answer(text, *grids, pause=0, point="fast", **times):
  words = re.findall(r"\s*\S+\s*$|\s*\S+", text)
  return {"pieces": [piece(word) for word in words] + [piece("", "stop"), ending(point, grids, **times)], "pause": pause}


def scene(size, seed=7):
  """A picture of coloured discs, so that cells that fade can be told from cells that stay."""
  chance = random.Random(seed)
  picture = Image.new("RGB", size, (214, 120, 60))
  pen = ImageDraw.Draw(picture)
  for _ in range(9):
    x, y, radius = chance.uniform(0, size[0]), chance.uniform(0, size[1]), chance.uniform(0.06, 0.2) * min(size)
    colour = chance.choice([(230, 190, 40), (40, 90, 200), (200, 40, 60), (30, 150, 110)])
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
  return picture


class Page:
  """The page in a browser, with the few moves that checks are made of."""

  def __init__(self, driver, address, folder, key, patience):
    self.driver, self.address, self.folder, self.key, self.patience = driver, address.rstrip("/"), folder, key, patience
    self.files = 0

  def open(self, size=WIDE):
    self.resize(size)
    self.driver.get(self.address + "/")
    self.run("sessionStorage.clear(); localStorage.clear();")
    if self.key:
      self.run("sessionStorage.setItem('key', arguments[0])", self.key)
    self.driver.get(self.address + "/")
    self.wait("state.props !== null", "the page to read the server's properties")

  def resize(self, size):
    self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size[0] < 600})

  def run(self, script, *arguments):
    return self.driver.execute_script(script, *arguments)

  def get(self, expression):
    return self.run(f"return {expression}")

  def wait(self, expression, what, seconds=None):
    end = time.time() + (seconds or self.patience)
    while not self.get(expression):
      if time.time() > end:
        raise AssertionError(f"waited in vain for {what}")
      time.sleep(0.03)

  def find(self, selector):
    return self.driver.find_element(By.CSS_SELECTOR, selector)

  def all(self, selector):
    return self.driver.find_elements(By.CSS_SELECTOR, selector)

  def texts(self, selector):
    return self.run("return [...document.querySelectorAll(arguments[0])].map((element) => element.textContent)", selector)

  def press(self, *keys):
    ActionChains(self.driver).send_keys(*keys).perform()

  def next(self, *answers):
    self.run("window.between.next.push(...arguments[0])", list(answers))

  def requests(self):
    return self.get("window.between.requests")

  def save(self, picture, name, **options):
    self.files += 1
    path = self.folder / f"{self.files}-{name}"
    picture.save(path, **options)
    return path

  def pick(self, *paths):
    self.find("#files").send_keys("\n".join(str(path) for path in paths))
    self.wait(f"state.pictures.length >= {len(paths)} && state.pictures.every((picture) => picture.url)", "the pictures to be read", 30)

  def choose(self, point):
    self.run("document.querySelector(`#points input[value='${arguments[0]}']`).click()", point)

  def ask(self, question):
    field = self.find("#question")
    field.click()
    field.send_keys(question, Keys.ENTER)

  def finish(self):
    self.wait("state.run === null", "the answer to end")

  def phases(self):
    return self.get("state.turns.at(-1).sides.map((side) => side.phase)")

  def shot(self, selector):
    return Image.open(io.BytesIO(self.find(selector).screenshot_as_png)).convert("RGB")


def expect(condition, message):
  if not condition:
    raise AssertionError(message)


# Each check gets a page that was just opened.

def check_served_with_policy(page):
  with urllib.request.urlopen(page.address + "/") as response:
    policy = response.headers.get("Content-Security-Policy") or ""
    expect("default-src 'none'" in policy, f"the page's content security policy is {policy!r}")
    text = response.read().decode()
  expect(not re.search(r"""(?:src|href)=["'](?!#|data:)""", text), "the page names a file to load")


def check_points(page):
  names = page.get("state.props.points.map((point) => point.name)")
  expect(page.get("[...document.querySelectorAll('#points input')].map((input) => input.value)") == names, "not every point is offered")
  expect(page.get("chosenPoint()") == page.get("state.props.default_point ?? state.props.points[0].name"), "the server's default is not chosen")


def check_answer_grows(page):
  page.pick(page.save(scene((640, 480)), "scene.jpg", quality=90))
  expect(len(page.all("#strip .thumb img")) == 1, "the picture has no thumbnail")
  page.ask("Describe the image.")
  lengths = set()
  start = time.time()
  page.wait("state.turns[0].sides[0].phase !== 'queued'", "the question to be sent")
  while page.get("state.run !== null"):
    lengths.add(page.get("document.querySelector('.answer .text').textContent.length"))
  expect(page.phases() == ["done"], f"the answer ended as {page.phases()}: {page.texts('.problem')}")
  # A small model has said everything before a frame is drawn.
  expect(len(lengths) > 2 or time.time() - start < 1, f"the text did not grow but had the lengths {sorted(lengths)}")
  body = page.requests()[0]["body"]
  expect(body["model"] == page.get("`${state.props.model}@${chosenPoint()}`"), f"asked for the model {body['model']}")
  expect(body["stream"] and body["return_kept_patches"] and body["stream_options"] == {"include_usage": True}, "a member is missing")
  expect(body["messages"][0]["content"][0]["image_url"]["url"].startswith("data:image/jpeg;base64,"), "the JPEG was not sent as it is")
  expect(page.texts(".times .bars .name"), "no times are shown")
  page.ask("And what is to the left?")
  page.finish()
  roles = [message["role"] for message in page.requests()[1]["body"]["messages"]]
  expect(roles == ["user", "assistant", "user"], f"the second question went with {roles}")


def check_kept_patches(page):
  picture = scene((640, 480))
  page.pick(page.save(picture, "scene.png"))
  page.choose(page.get("state.props.points.at(-1).name"))
  page.ask("Describe the image.")
  page.finish()
  grids = page.get("shownGrids()")
  expect(grids, "the answer came without grids")
  kept, cells = sum(len(each["kept"]) for each in grids), sum(each["rows"] * each["columns"] for each in grids)
  legend = page.texts("#patches-legend")[0]
  expect(f"{kept:,} of {cells:,} patches" in legend, f"the legend says {legend!r}")
  expect(int(page.find("#drawing svg").get_attribute("data-kept")) == kept, "not all kept cells are drawn")
  time.sleep(0.4)  # until the picture has faded
  faded = page.shot("#drawing")
  page.find("label:has(#patches-shown)").click()
  expect(not page.all("#drawing svg"), "the switch leaves the cells")
  time.sleep(0.4)
  whole = page.shot("#drawing")
  seen = grids[0].get("image")
  if seen:  # the patches lie on what the tower saw, not on the picture
    whole = Image.open(io.BytesIO(base64.b64decode(seen.split(",", 1)[1]))).convert("RGB").resize(faded.size)
  stays = set()
  for each in grids:
    for row in range(each["rows"]):
      for column in range(each["columns"]):
        x = round((each["x"] + (column + 0.5) * each["width"] / each["columns"]) * whole.width)
        y = round((each["y"] + (row + 0.5) * each["height"] / each["rows"]) * whole.height)
        if not (0 <= x < whole.width and 0 <= y < whole.height):
          continue
        # Where a disc ends, a picture that is drawn twice may differ by a pixel.
        if any(low != high for low, high in whole.crop((x - 2, y - 2, x + 3, y + 3)).getextrema()):
          continue
        same = max(abs(a - b) for a, b in zip(faded.getpixel((x, y)), whole.getpixel((x, y)))) < 12
        if row * each["columns"] + column in each["kept"]:
          expect(same, f"the kept cell in row {row}, column {column} is dimmed")
        elif len(grids) == 1:
          stays.add(same)
  expect(True not in stays, "a cell that was left out is not dimmed")


def check_several_grids(page):
  page.pick(page.save(scene((800, 400)), "wide.png"))
  page.next(answer("Fine.", [grid(0, 0, 1, 1, [0, 5]), grid(0, 0, 0.5, 1, [1, 2, 3]), grid(0.5, 0, 0.5, 1, [])]))
  page.ask("What is this?")
  page.finish()
  options = page.texts("#grid option")
  expect(options == ["All parts", "Overview", "Tile 1", "Tile 2"], f"the parts are {options}")
  expect("5 of 48" in page.texts("#patches-legend")[0], "the parts are not summed up")
  page.run("const choice = document.querySelector('#grid'); choice.selectedIndex = 2; choice.dispatchEvent(new Event('change'))")
  expect("3 of 16" in page.texts("#patches-legend")[0], "a tile is not shown alone")


def check_comparison(page):
  points = page.get("state.props.points.map((point) => point.name)")
  if "dense" not in points or len(points) < 2:
    return
  page.pick(page.save(scene((640, 480)), "scene.jpg"))
  page.choose(points[-1] if points[-1] != "dense" else points[0])
  page.find("#compare").click()
  page.ask("Describe the image.")
  page.finish()
  expect(page.phases() == ["done", "done"], f"the answers ended as {page.phases()}: {page.texts('.problem')}")
  boxes = [each.rect for each in page.all(".answer")]
  expect(len(boxes) == 2 and boxes[0]["y"] == boxes[1]["y"], "the answers do not stand side by side")
  expect(page.texts(".bars .name")[-1] == "dense" and len(page.all(".bars .track")) == 2, "there are not two bars")
  expect(page.all(".times .ratio td"), "the ratio is missing")
  lengths = page.run("return [...document.querySelectorAll('.track')].map((track) => [...track.children].reduce((sum, bar) => sum + bar.offsetWidth, 0))")
  totals = page.get("state.turns[0].sides.map((side) => stageTotal(side.timings))")
  expect(abs(lengths[0] / lengths[1] - totals[0] / totals[1]) < 0.08, f"bars of {lengths} pixels stand for {totals} ms")
  models = [request["body"]["model"].partition("@")[2] for request in page.requests()]
  expect(models[1] == "dense", f"asked at {models}")
  # Asked again without comparing, dense's last times still stand beside it.
  page.find("#compare").click()
  page.find(".again").click()
  page.finish()
  expect(len(page.all(".answer")) == 1 and page.texts(".bars .name")[-1:] == ["dense"], "dense's last times are forgotten")


def check_stop(page):
  slow = {"pieces": [piece(f"word{number} ") for number in range(3)], "pause": 50, "open": True}
  for way in ("Escape", "button"):
    page.next(slow)
    page.ask("Tell a long story.")
    page.wait("document.querySelector('.turn:last-child .text').textContent.includes('word2')", "three words", 10)
    if way == "Escape":
      page.press(Keys.ESCAPE)
    else:
      page.find("#stop").click()
    page.wait("state.run === null", "the answer to stop", 5)
    expect(page.phases() == ["stopped"], f"{way} ended the answer as {page.phases()}")
    expect("word2" in page.texts(".turn:last-child .text")[0], f"{way} lost what was written")
    expect(page.find("#send").is_displayed(), f"{way} did not bring the question back")


def check_dark(page):
  ground = "getComputedStyle(document.body).backgroundColor"
  before = page.get(ground)
  page.find("#theme").click()
  after = page.get(ground)
  expect(before != after, "the switch changes nothing")
  page.driver.refresh()
  expect(page.get(ground) == after, "the choice is forgotten")


def check_contrast_and_width(page):
  long_word = "Donaudampfschifffahrtsgesellschaftskapitän" * 4
  pictures = [page.save(scene((300, 200), seed), "small.png") for seed in range(9)]
  page.pick(*pictures)
  kept = [[grid(0, 0, 1, 1, [0, 1, 5, 10])] for _ in pictures]
  page.run("document.querySelector('#compare').checked = true")
  page.next(answer(f"**Bold** and `code` and {long_word}\n\n```\n{'wide ' * 60}\n```", *kept), answer("Short.", *kept, point="dense", vision=900, prefill=1500))
  page.ask("What is this? " + long_word)
  page.finish()
  page.next({"status": 400, "message": "The prompt is too long."})
  page.ask("Again?")
  page.finish()
  for scheme in ("light", "dark"):
    page.run("setTheme(arguments[0])", scheme)
    time.sleep(0.3)
    faint = page.run(FAINT)
    expect(not faint, f"too faint in {scheme}: {faint}")
  for width, height in ((1280, 800), (900, 700), (844, 390), (390, 844), (320, 640)):
    page.resize((width, height))
    for place in ("0", "scroller().scrollHeight"):
      page.run(f"scroller().scrollTop = {place}")
      expect(page.get("document.querySelector('#send').getBoundingClientRect().bottom <= innerHeight"), f"at {width} x {height} the question cannot be sent without scrolling")
    over = page.get("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    expect(over <= 0, f"at {width} pixels the page is {over} pixels too wide")


def check_keyboard_alone(page):
  """From the top of the page to an answer without a pointer, with the focus visible at each stop."""
  page.run("document.activeElement.blur()")
  seen = []
  for _ in range(40):
    page.press(Keys.TAB)
    name = page.get("document.activeElement.id || document.activeElement.name || document.activeElement.className")
    if page.get("document.activeElement === document.body"):
      continue  # behind the last element the focus leaves the page once
    expect(page.run(FOCUS_SHOWN), f"the focus cannot be seen on {name!r}")
    seen.append(name)
    if name == "point":
      before = page.get("chosenPoint()")
      page.press(Keys.ARROW_LEFT)
      expect(page.get("chosenPoint()") != before, "the arrow does not switch the point")
    if name == "question":
      break
  expect({"new", "settings-open", "theme", "choose", "point", "attach", "question"} <= set(seen), f"the stops were {seen}")
  page.next(answer("It works."))
  ActionChains(page.driver).send_keys("One line").key_down(Keys.SHIFT).send_keys(Keys.ENTER).key_up(Keys.SHIFT).send_keys("and another", Keys.ENTER).perform()
  page.finish()
  expect(page.requests()[0]["body"]["messages"][0]["content"] == "One line\nand another", "the question was not sent as typed")
  page.find("#settings-open").send_keys(Keys.ENTER)
  expect(page.get("document.querySelector('#settings').open"), "Enter does not open the settings")
  page.press(Keys.ESCAPE)
  expect(not page.get("document.querySelector('#settings').open"), "Escape does not close the settings")
  unnamed = page.run("""return [...document.querySelectorAll("button, input, textarea, select")].filter((element) => element.checkVisibility()
    && !(element.ariaLabel || element.textContent.trim() || element.labels?.length)).map((element) => element.outerHTML)""")
  expect(not unnamed, f"these have no name: {unnamed}")


def check_key_is_asked_for(page):
  page.next({"status": 401, "message": "The API key is wrong."}, answer("Welcome."))
  page.ask("Who is there?")
  page.finish()
  expect("The API key is wrong." in page.texts(".turn .problem")[0], "the reason is not told")
  page.find(".turn .problem input").send_keys("open sesame", Keys.ENTER)
  page.wait("state.turns[0].sides[0].phase === 'done'", "the answer with the key", 10)
  expect(page.requests()[-1]["authorization"] == "Bearer open sesame", "the key was not sent")
  expect("open sesame" not in page.get("Array.from({ length: localStorage.length }, (_, index) => localStorage.getItem(localStorage.key(index))).join()"), "the key is kept beyond the session")


def check_busy_server(page):
  page.next({"status": 429, "message": "Busy.", "headers": {"Retry-After": "1"}}, answer("Now."))
  page.ask("Is there room?")
  page.wait("document.querySelector('.turn .problem')?.textContent.includes('busy')", "a word that the server is busy", 5)
  page.finish()
  expect(page.texts(".turn .text") == ["Now."] and len(page.requests()) == 2, "the question was not asked again")


def check_loading_server(page):
  page.next({"status": 503, "message": "Loading."}, answer("Loaded."))
  page.ask("Are you there?")
  page.wait("document.querySelector('.turn .problem')?.textContent.includes('loading')", "a word that the model is loading", 5)
  page.finish()
  expect(page.texts(".turn .text") == ["Loaded."], "the question was not asked again")


def check_lost_connection(page):
  page.next({"lost": True}, {"pieces": [piece("Half an")]}, {"pieces": [piece("Half an"), event({"error": {"message": "Out of memory."}})]}, answer("Whole."))
  page.ask("Still there?")
  for said in ("cannot be reached", "connection was lost", "Out of memory."):
    page.finish()
    expect(said in page.texts(".turn .problem")[0], f"{page.texts('.turn .problem')} does not say {said!r}")
    page.find(".turn .problem .idle").click()
  page.finish()
  expect(page.texts(".turn .text") == ["Whole."], "Retry does not ask again")


def check_markup_is_inert(page):
  hostile = "<script>window.hurt = 1</script> <img src=x onerror='window.hurt = 1'> **<b onclick=\"hurt=1\">bold</b>** `<i>code</i>`\n\n```html\n<iframe src='javascript:parent.hurt=1'></iframe>\n```\n[link](javascript:hurt=1)"
  page.next(answer(hostile))
  page.ask("<img src=x onerror='window.hurt = 1'>")
  page.finish()
  time.sleep(0.2)
  expect(page.get("window.hurt") is None, "text of the model ran")
  expect(page.run("return document.querySelectorAll(':is(.text, .question p) :is(script, img, iframe, b, i, a)').length") == 0, "text of the model became elements")
  expect("<script>window.hurt = 1</script>" in page.texts(".turn .text")[0], "the text is not shown as it is")


def check_pictures_are_made_readable(page):
  def sent():
    url = [part for part in page.requests()[-1]["body"]["messages"][-1]["content"] if part["type"] == "image_url"][0]["image_url"]["url"]
    return url.partition(";")[0], Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))

  clear = Image.new("RGBA", (120, 80), (0, 0, 0, 0))
  ImageDraw.Draw(clear).rectangle((30, 20, 90, 60), fill=(200, 30, 30, 255))
  for picture, name, options, kind, size in [
      (scene((200, 100)), "photo.webp", {}, "image/jpeg", (200, 100)),
      (clear, "clear.webp", {"lossless": True}, "image/png", (120, 80)),
      (scene((90, 60)).convert("P"), "drawing.gif", {}, "image/png", (90, 60)),
      (scene((90, 60)), "drawing.bmp", {}, "image/png", (90, 60)),
      (scene((200, 100)), "wrong-name.png", {"format": "JPEG"}, "image/jpeg", (200, 100))]:
    page.find("#new").click()
    page.pick(page.save(picture, name, **options))
    page.next(answer("Seen."))
    page.ask("What is this?")
    page.finish()
    label, decoded = sent()
    expect(label == f"data:{kind}" and decoded.format == kind[6:].upper(), f"{name} was sent as {label} with {decoded.format} in it")
    expect(decoded.size == size, f"{name} was sent as {decoded.size}")

  page.find("#new").click()
  page.run("state.props.limits.picture_pixels = 10000")
  turned = Image.Exif()
  turned[0x0112] = 6  # the picture stands on its side
  page.pick(page.save(scene((300, 400)), "large.jpg", exif=turned))
  page.next(answer("Seen."))
  page.ask("What is this?")
  page.finish()
  width, height = sent()[1].size
  expect(9000 < width * height <= 10000 and abs(width / height - 4 / 3) < 0.02, f"a picture over the limit was sent as {width} x {height}")

  page.find("#new").click()
  broken = page.folder / "broken.png"
  broken.write_bytes(b"this is no picture")
  page.find("#files").send_keys(str(broken))
  page.wait("document.querySelector('#notes li')", "a word about the broken picture", 10)
  expect("broken.png" in page.texts("#notes li")[0] and page.get("state.pictures.length") == 0, "the broken picture is not named")


def check_pictures_come_and_go(page):
  page.run("""const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0))], "pasted.png", { type: "image/png" }));
    document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
    document.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));""",
           "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
  page.wait("state.pictures.length === 2 && state.pictures.every((picture) => picture.url)", "pasted and dropped pictures", 10)
  page.find("#strip .remove").click()
  expect(page.get("state.pictures.length") == 1, "the picture was not removed")
  page.find("#new").click()
  expect(page.find("#drop").is_displayed() and page.find("#intro").is_displayed(), "New does not begin anew")


def check_settings_are_sent(page):
  page.find("#settings-open").click()
  form = "document.querySelector('#settings-form').elements"
  for name, value in {"system": "Be brief.", "max_tokens": "7", "temperature": "0.5", "top_p": "0.9", "seed": "3"}.items():
    page.find(f"#settings [name={name}]").send_keys(value)
  page.find("#settings [value=schema]").click()
  expect(page.find("#settings [name=schema]").is_displayed(), "the field of the schema stays hidden")
  page.press(Keys.ESCAPE)
  page.next(answer('{"count": 5}'))
  page.ask("How many?")
  page.finish()
  body = page.requests()[0]["body"]
  sent = [body.get(name) for name in ("max_tokens", "temperature", "top_p", "seed")]
  expect(sent == [7, 0.5, 0.9, 3], f"the settings were sent as {sent}")
  expect(body["messages"][0] == {"role": "system", "content": "Be brief."}, "the system prompt was not sent")
  expect(body["response_format"]["json_schema"]["schema"]["required"] == ["count"], "the schema was not sent")
  page.run(f"{form}.schema.value = '{{'; settingsChanged()")
  page.ask("And now?")
  expect(page.get("document.querySelector('#settings').open && state.turns.length === 1"), "a wrong schema was sent")


CHECKS = [value for name, value in list(globals().items()) if name.startswith("check_")]

LONG = """The picture shows a small market square in the early morning. In the foreground, **three wooden crates** of apples stand beside a bicycle that leans against a lamp post.

Behind them, a woman in a blue coat speaks to a man who carries two paper bags. The sign above the shop reads `Obst & Gemüse`.
- A dog sleeps under the table.
- The clock shows 7:40.

```python
def count(things):
    return sum(1 for thing in things if thing.visible and thing.area > 0.001 and thing.kind in KNOWN)
```

One word is very long: """ + "Donaudampfschifffahrtsgesellschaftskapitän" * 3


def near(x, y, share, rows=24, columns=24):
  """The cells around a place of a grid, with some strays, as a selection would keep them."""
  chance = random.Random(f"{x} {y}")
  order = sorted(range(rows * columns), key=lambda cell: ((cell % columns) / columns - x) ** 2 + ((cell // columns) / rows - y) ** 2 + chance.uniform(0, 0.12))
  return sorted(order[:round(share * rows * columns)])


def take_screenshots(page, folder):
  """Writes what the page looks like in its states, light and dark, on a desk and on a phone."""
  folder.mkdir(parents=True, exist_ok=True)

  def take(name, settle=0.35, at_end=True):
    for theme in ("light", "dark"):
      page.run("setTheme(arguments[0])", theme)
      for size, width in ((WIDE, "wide"), (NARROW, "narrow")):
        page.resize(size)
        if at_end:
          page.run("scrollToEnd()")
        else:
          page.run("scroller().scrollTop = 0")
        time.sleep(settle)
        page.driver.save_screenshot(str(folder / f"{name}-{theme}-{width}.png"))
    page.resize(WIDE)

  page.open()
  take("empty", at_end=False)
  photo = page.save(scene((640, 480)), "market.jpg")
  whole = [grid(0, 0, 1, 1, near(0.45, 0.5, 1 / 9), 24, 24)]
  everything = [grid(0, 0, 1, 1, list(range(576)), 24, 24)]
  page.pick(photo)
  take("picked", at_end=False)
  page.choose(page.get("state.props.points.at(-1).name"))
  page.next(answer("Nine discs in four colours: yellow, blue, red and green, on an orange ground.", whole))
  page.ask("What is in the picture?")
  page.finish()
  take("answer", at_end=False)
  page.run("document.querySelector('#compare').click()")
  page.next(answer("The largest disc is blue. It lies left of the middle, and a yellow one covers its edge.", whole),
            answer("The largest disc is blue; it lies left of the middle. A yellow disc covers its right edge, and two red ones touch it from below.", everything, point="dense", vision=980, prefill=1108))
  page.ask("Which disc is the largest, and where does it lie?")
  page.finish()
  take("compared")
  page.next({"pieces": [], "open": True})
  page.ask("And the smallest?")
  take("reading")
  page.press(Keys.ESCAPE)
  page.finish()
  page.next({"pieces": [piece("The smallest disc is ")], "open": True})
  page.ask("And the smallest?")
  page.wait("document.querySelector('.turn:last-child .text').textContent", "a word", 5)
  take("writing")
  page.press(Keys.ESCAPE)
  page.finish()
  page.open()
  page.pick(*[page.save(scene((300 + 60 * seed, 400), seed), f"picture-{seed}.png") for seed in range(14)])
  tiles = [grid(0, 0, 1, 1, near(0.5, 0.5, 0.2), 24, 24)] + [grid(x / 2, 0, 0.5, 1, near(0.5, 0.4 + x / 5, 0.15), 24, 24) for x in range(2)]
  page.next(answer(LONG, *[tiles] * 14))
  page.ask("Describe all of these pictures at length, please, with everything that is written in them, what the people do, and what the time is.")
  page.finish()
  take("long")
  page.open()
  page.pick(photo)
  broken = page.folder / "IMG_2041.heic"
  broken.write_bytes(b"this is no picture")
  page.find("#files").send_keys(str(broken))
  page.wait("document.querySelector('#notes li')", "the note", 5)
  page.next({"status": 400, "message": "The prompt has 5120 tokens, more than the 4096 that this server takes."}, {"status": 401, "message": "The API key is missing or wrong."}, {"status": 429, "message": "Busy.", "headers": {"Retry-After": "60"}})
  for question in ("What is this?", "And now?", "Is there room?"):
    page.ask(question)
    page.wait("document.querySelector('.turn:last-child .problem')?.textContent", "the problem", 5)
  take("problems")
  page.press(Keys.ESCAPE)
  page.finish()
  page.find("#settings-open").click()
  page.find("#settings [value=schema]").click()
  take("settings")


def start_browser(chromium, driver_path):
  options = webdriver.ChromeOptions()
  options.binary_location = chromium
  # No traffic of the browser's own, and no name but those of this machine can be looked up.
  for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                   "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--hide-scrollbars",
                   "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"):
    options.add_argument(argument)
  options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
  driver = webdriver.Chrome(options=options, service=Service(executable_path=driver_path))
  driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": BETWEEN})
  return driver


def main():
  parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
  parser.add_argument("address", help="where the server listens, such as http://127.0.0.1:8080")
  parser.add_argument("--key", help="the server's API key, if it asks for one")
  parser.add_argument("--screenshots", type=pathlib.Path, metavar="FOLDER", help="writes pictures of the page's states")
  parser.add_argument("--only", metavar="NAME", help="runs only the checks whose names hold this")
  parser.add_argument("--wait", type=float, default=120, metavar="SECONDS", help="the longest that an answer may take")
  parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
  parser.add_argument("--driver", default=shutil.which("chromedriver") or "chromedriver")
  options = parser.parse_args()
  failures = []
  driver = start_browser(options.chromium, options.driver)
  passed = 0
  try:
    with tempfile.TemporaryDirectory() as folder:
      page = Page(driver, options.address, pathlib.Path(folder), options.key, options.wait)
      for check in CHECKS:
        name = check.__name__.removeprefix("check_").replace("_", " ")
        if options.only is not None and options.only not in name:
          continue
        started = time.time()
        try:
          page.open()
          check(page)
          passed += 1
          print(f"passed: {name} ({time.time() - started:.1f} s)", flush=True)
        except Exception as error:
          reason = str(error).partition("\n")[0] if isinstance(error, AssertionError) else traceback.format_exc(limit=-2)[-600:]
          failures.append(f"{name}: {reason}")
          print(f"FAILED: {name}: {reason}", flush=True)
      if options.screenshots:
        take_screenshots(page, options.screenshots)
      log = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
      asked = {entry["params"]["request"]["url"] for entry in log if entry["method"] == "Network.requestWillBeSent"}
      own = options.address.rstrip("/") + "/"
      foreign = sorted(url[:100] for url in asked if not url.startswith((own, "data:", f"blob:{own[:-1]}")))
      if foreign or not asked:
        failures.append(f"requests to other places: {foreign}")
      complaints = {entry["message"][:300] for entry in driver.get_log("browser") if entry["level"] == "SEVERE" and "Failed to load resource" not in entry["message"]}
      if complaints:
        failures.append(f"the browser complained: {sorted(complaints)}")
      print(f"{len(asked)} addresses asked for, {len(foreign)} of them elsewhere")
  finally:
    driver.quit()
  for failure in failures:
    print(failure, file=sys.stderr)
  print(f"{passed} passed, {len(failures)} failed")
  return 1 if failures else 0


if __name__ == "__main__":
  sys.exit(main())
