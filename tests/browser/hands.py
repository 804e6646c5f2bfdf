"""How a person acts and waits: with a mouse, a finger, the keys alone, or without a script."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.watching import overflow, tab_to
from tests.services import wait_until

WORK_WITHIN_S = 600.0
WORK_WITHIN_MS = 1000 * WORK_WITHIN_S


class Pointer:
    """With a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def choose(self, field: Locator, path: Path | FilePayload) -> None:
        field.set_input_files(path)

    def write(self, field: Locator, text: str) -> None:
        field.fill(text)

    def rewrite(self, field: Locator, text: str) -> None:
        """In the place of what it says."""
        field.fill(text)

    def select(self, field: Locator, value: str) -> None:
        field.select_option(value)

    def tick(self, field: Locator) -> None:
        field.check(force=True)  # what one sees of it may be its label

    def press(self, target: Locator) -> None:
        target.click(timeout=WORK_WITHIN_MS)

    def agree(self) -> None:
        """To the question that was asked."""
        self.press(self.page.locator("#confirm-yes"))

    def wait(self, target: Locator, count: int = 1) -> None:
        """The page brings it by itself."""
        expect(target).to_have_count(count, timeout=WORK_WITHIN_MS)


class Finger(Pointer):
    def press(self, target: Locator) -> None:
        assert overflow(self.page) == 0, self.page.url
        target.tap(timeout=WORK_WITHIN_MS)


class Keys(Pointer):
    """Tab, Enter, Space, arrows and letters."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        page.on("filechooser", lambda chooser: None)  # asked for early: the browser must not open its own window

    def choose(self, field: Locator, path: Path | FilePayload) -> None:
        tab_to(self.page, field)
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(path)

    def write(self, field: Locator, text: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.insert_text(text)

    def rewrite(self, field: Locator, text: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def select(self, field: Locator, value: str) -> None:
        tab_to(self.page, field)
        self.page.keyboard.type(value)
        expect(field).to_have_value(value)

    def tick(self, field: Locator) -> None:
        group = self.page.locator(f"input[name={field.get_attribute('name')}]:checked")
        tab_to(self.page, group)
        for _ in range(self.page.locator(f"input[name={field.get_attribute('name')}]").count()):
            if field.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        assert field.is_checked()

    def press(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=WORK_WITHIN_MS)
        tab_to(self.page, target)
        self.page.keyboard.press("Enter")


class Plain(Pointer):
    """Without a script: questions are not asked, and what is new comes when the page is loaded again."""

    def agree(self) -> None:
        pass

    def wait(self, target: Locator, count: int = 1) -> None:
        def there() -> bool:
            if target.count() == count:
                return True
            self.page.reload()
            return False

        wait_until(there, what=str(target), within_s=WORK_WITHIN_S)
