/** Milliseconds that each key is held. */
const HELD_MS = 900;

/**
 * What a user does in a quarter of a minute: in, along, out, with keys, wheel and minimap, over the whole trace and deep
 * in it. Real input, at the pace of a hand.
 */
export async function followPath(page) {
  const stage = await page.locator('.tl-stage').boundingBox();
  const map = await page.locator('.tl-minimap').boundingBox();
  const { mouse, keyboard } = page;
  const hold = async (key) => {
    await keyboard.down(key);
    await page.waitForTimeout(HELD_MS);
    await keyboard.up(key);
  };
  const wheel = async (key, dx, dy, times) => {
    await keyboard.down(key);
    for (let k = 0; k < times; k++) {
      await mouse.wheel(dx, dy);
      await page.waitForTimeout(30);
    }
    await keyboard.up(key);
  };
  await mouse.move(stage.x + stage.width * 0.4, stage.y + 150);
  await hold('KeyW');
  await hold('KeyD');
  await wheel('Control', 0, -100, 20);
  await wheel('Shift', 0, 60, 20);
  await hold('KeyW');
  await hold('KeyA');
  await wheel('Control', 0, -100, 20);
  await hold('KeyD');
  await wheel('Control', 0, 100, 45);
  await mouse.move(map.x + map.width * 0.2, map.y + map.height / 2);
  await mouse.down();
  for (let k = 0; k <= 40; k++) {
    await mouse.move(map.x + map.width * (0.2 + 0.015 * k), map.y + map.height / 2);
    await page.waitForTimeout(16);
  }
  await mouse.up();
  await mouse.move(stage.x + stage.width * 0.6, stage.y + 250);
  await hold('KeyS');
  await keyboard.press('0');
  await page.waitForTimeout(600);
}
