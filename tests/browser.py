"""A page in Chromium, for tests that use it as a reader would: report/browse.py, report/explorer_browse.py. Importing it skips the test
(77) where there is no browser."""
import json
import os
import shutil
import sys
import time

try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
except ImportError:
    if sys.executable != "/usr/bin/python3" and os.access("/usr/bin/python3", os.X_OK):  # Debian's, which Debian's package is for
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    print("skipped: python3-selenium is not installed (scripts/install_dependencies.sh --with-browser)")
    sys.exit(77)
driver_path = shutil.which("chromedriver")
browser_path = shutil.which("chromium") or shutil.which("google-chrome")
if not driver_path or not browser_path:
    print("skipped: chromium or chromium-driver is not installed (scripts/install_dependencies.sh --with-browser)")
    sys.exit(77)

options = webdriver.ChromeOptions()
options.binary_location = browser_path
for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900"):
    options.add_argument(argument)
options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
browser = webdriver.Chrome(service=Service(driver_path), options=options)
checks = 0


def expect(condition, what):
    global checks
    checks += 1
    if not condition:
        print("FAILED:", what)
        if "LATENT_SCREENSHOT" in os.environ:
            browser.save_screenshot(os.environ["LATENT_SCREENSHOT"])
        sys.exit(1)


def wait(condition, what, seconds=10):
    end = time.time() + seconds
    while True:
        try:
            if condition():
                break
        except WebDriverException:  # the page has gone to be read again
            pass
        if time.time() > end:
            expect(False, what)
        time.sleep(0.05)
    expect(True, what)


def one(selector, of=None):
    return (of or browser).find_element(By.CSS_SELECTOR, selector)


def all_of(selector, of=None):
    return (of or browser).find_elements(By.CSS_SELECTOR, selector)


def run(script, *arguments):
    return browser.execute_script("return " + script, *arguments)


def open_page(path):
    browser.get(path.as_uri())
    expect(run("document.readyState") == "complete", f"{path} is loaded")


def quiet():
    """No error was logged, and nothing was asked for but the page itself."""
    for entry in browser.get_log("browser"):
        expect(entry["level"] not in ("SEVERE", "WARNING"), entry["message"])
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            expect(url.startswith(("file:", "data:", "about:", "blob:")), f"a request: {url[:100]}")


def media(**features):
    features["prefers_reduced_motion"] = "reduce"  # no smooth scrolling while something is clicked
    listed = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": listed})


def screen(width, height):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})


def use(parts):
    """Calls them one after the other, and says how many checks there were."""
    media()
    try:
        for part in parts:
            part()
        print(f"{checks} checks in {browser.capabilities['browserName']} {browser.capabilities['browserVersion']}")
    finally:
        browser.quit()
