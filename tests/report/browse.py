"""Uses reports as a reader would, in Chromium: usage: browse.py FOLDER, which test_report has filled; 77 without a browser."""
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from browser import all_of, browser, expect, media, one, open_page, quiet, run, screen, use, wait  # noqa: E402: skips without one

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

folder = pathlib.Path(sys.argv[1]).resolve()


def curves():
    open_page(folder / "training" / "report.html")
    expect(len(all_of(".chart")) == 2, "a chart for the loss, and one for the error")
    expect(run("document.querySelector('.chart').dataset.quantity") == "loss", "the loss comes first")
    drawn = "(() => { const c = document.querySelector('.chart canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; })()"
    expect(run(drawn) > 500, "something is drawn")
    at, over = one(".chart .at"), one(".chart .u-over")
    expect(at.text == "epoch 5", "the last epoch is told")
    last = [output.text for output in all_of(".chart:first-child output")]
    # The tables have the same numbers.
    cells = run("[...document.querySelector('table.history').tBodies[0].rows].at(-1).querySelector('td:nth-child(2)').dataset.v")
    expect(abs(float(last[0]) / float(cells) - 1) < 1e-4, f"the curve tells {last[0]}, the table {cells}")

    ActionChains(browser).move_to_element_with_offset(over, -int(over.size["width"] / 2) + 30, 0).perform()
    wait(lambda: at.text == "epoch 1", "the first epoch under the pointer")
    expect([output.text for output in all_of(".chart:first-child output")] != last, "other numbers under the pointer")
    plot = one(".chart .plot")
    run("arguments[0].focus()", plot)
    ActionChains(browser).send_keys(Keys.HOME, Keys.ARROW_RIGHT).perform()
    wait(lambda: at.text == "epoch 2", "an arrow key goes on by an epoch")
    ActionChains(browser).send_keys(Keys.END).perform()
    wait(lambda: at.text == "epoch 5", "End goes to the last one")

    def shown():
        return float(plot.get_attribute("data-high")) - float(plot.get_attribute("data-low"))

    whole = shown()
    ActionChains(browser).send_keys("+").perform()
    expect(shown() < 0.7 * whole, "+ zooms in")
    ActionChains(browser).send_keys("0").perform()
    expect(abs(shown() - whole) < 1e-6, "0 shows all")
    ActionChains(browser).move_to_element_with_offset(over, -150, 0).click_and_hold().move_by_offset(150, 0).release().perform()
    wait(lambda: shown() < 0.7 * whole, "dragging zooms in")
    all_of(".chart .zoom button")[2].click()
    expect(abs(shown() - whole) < 1e-6, "a button shows all")

    ticks = "(() => { const u = document.querySelector('.chart .plot'); return document.querySelector('.chart canvas').toDataURL().length; })()"
    before = run(ticks)
    one("#log").click()
    expect(run(ticks) != before, "a logarithmic axis looks different")
    box = one(".chart:first-child .legend input")
    box.click()
    browser.refresh()
    expect(one("#log").is_selected() and not one(".chart:first-child .legend input").is_selected(), "what was chosen stays")
    one(".chart:first-child .legend input").click()
    one("#log").click()

    csv = pathlib.Path(tempfile.mkdtemp()) / "history.csv"
    csv.write_text("epoch,loss,val_loss\n1,0.2,0.3\n2,0.1,\n")
    one("#compare").send_keys(f"{folder / 'several' / 'report.html'}\n{csv}")
    wait(lambda: len(all_of(".chart:first-child .legend input")) == 8, "the curves of three other trainings are laid over")
    expect("Größe <script>alert(1)</script> zażółć संख्या" in one(".chart:first-child .legend").text, "their names are shown as they are")
    (csv.parent / "wrong.csv").write_text("a,b\n1,2\n")
    one("#compare").send_keys(str(csv.parent / "wrong.csv"))
    wait(lambda: "wrong.csv" in one("#compared").text, "a file that is none is told")
    quiet()


def tables_and_words():
    open_page(folder / "several" / "report.html")
    expect(run("document.title") == "Several", "the title")
    expect(len(all_of(".chart:first-child .legend input")) == 4, "two trainings, two curves each")
    one("#numbers summary").click()
    table = all_of("table.history")[0]
    expect("Größe <script>alert(1)</script> zażółć संख्या" in table.text, "a name is shown as it is")

    def first_cells():
        return [cell.text for cell in all_of("tbody td:first-child", table)]

    head = one("th:first-child", table)
    one("button", head).click()
    expect(head.get_attribute("aria-sort") == "ascending" and first_cells() == ["1", "2", "3", "4"], "sorted")
    one("button", head).send_keys(Keys.ENTER)
    expect(head.get_attribute("aria-sort") == "descending" and first_cells() == ["4", "3", "2", "1"], "the other way round")
    quiet()


def pictures():
    open_page(folder / "pictures" / "report.html")
    film = one(".film")
    bar = one("input[type=range]", film)
    expect(one("output", film).text == "epoch 3", "the last frame")
    bar.send_keys(Keys.HOME)
    expect(one("output", film).text == "before the training", "the first frame")
    expect([image.is_displayed() for image in all_of("img", film)] == [True, False, False, False], "one frame is shown")
    one("button", film).click()
    wait(lambda: one("output", film).text == "epoch 3" and one("button", film).text == "Play", "it plays to its end")

    button = all_of(".enlarge")[0]
    button.click()
    dialog = one("dialog")
    wait(dialog.is_displayed, "a picture is enlarged")
    words = one("dialog p").text
    ActionChains(browser).send_keys(Keys.ARROW_RIGHT).perform()
    expect(one("dialog p").text != words, "an arrow key shows the next one")
    expect(run("document.querySelector('dialog img').naturalWidth") > 0, "it is shown")
    ActionChains(browser).send_keys(Keys.ESCAPE).perform()
    wait(lambda: not dialog.is_displayed(), "Escape closes it")
    expect(run("document.activeElement.className") == "enlarge", "and leads back")
    quiet()


def everywhere():
    for page in sorted(folder.glob("*/report.html")):
        for width, height, scheme in ((1280, 900, "dark"), (390, 844, "light")):
            screen(width, height)
            media(prefers_color_scheme=scheme)
            open_page(page)
            expect(run("document.documentElement.scrollWidth") <= width, f"{page} fits into {width} pixels")
            light = sum(int(part) for part in run("getComputedStyle(document.body).backgroundColor").strip("rgb()").split(","))
            expect((light > 382) == (scheme == "light"), f"{page} is {scheme}")
            expect(not run("document.documentElement.innerText").count("undefined"), f"{page} says undefined")
        expect(len(browser.execute_cdp_cmd("Page.printToPDF", {})["data"]) > 10000, f"{page} can be printed")
        quiet()
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    media(prefers_color_scheme="light")


def while_running():
    page = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    text = (folder / "training" / "report.html").read_text().replace('data-status="finished"', 'data-status="running"', 1)
    end = text.index("</p>", text.index('<p class="status">'))
    text = text[:end] + '<span id="news" role="status"></span><label><input type="checkbox" id="follow" checked> again</label>' + text[end:]
    now = f'data-written="{int(time.time())}"'
    text = text[: text.index('data-written="')] + now + text[text.index('"', text.index('data-written="') + 14) + 1 :]
    page.write_text(text)
    open_page(page)
    one("#log").click()
    page.write_text(text.replace("17.25", "18.75"))
    wait(lambda: "18.75" in one("main").text, "a page that is written anew is read again", 15)
    expect(one("#log").is_selected(), "and what was chosen stays")
    one("#follow").click()
    page.write_text(text.replace("17.25", "19.5"))
    time.sleep(4)
    expect("19.5" not in one("main").text, "unless one does not want it")
    quiet()


use((curves, tables_and_words, pictures, everywhere, while_running))
