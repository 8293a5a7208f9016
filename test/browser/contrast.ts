/** Contrast of the texts that a page shows, by WCAG 2.2 (1.4.3). Runs inside the page. */

export interface PoorText {
  text: string
  ratio: number
  where: string
}

/** Texts below 4.5 : 1 (3 : 1 from 24 px, or 18.66 px bold), composed over what lies behind them. */
export const poorTexts = (): PoorText[] => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!canvas) throw new Error('no canvas')
  canvas.canvas.width = canvas.canvas.height = 1
  type Rgb = readonly [number, number, number]
  const paint = (colors: readonly string[]): Rgb => {
    canvas.clearRect(0, 0, 1, 1)
    for (const color of colors) {
      canvas.fillStyle = color
      canvas.fillRect(0, 0, 1, 1)
    }
    const [r = 0, g = 0, b = 0] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b]
  }
  const luminance = (rgb: Rgb): number => {
    const [r = 0, g = 0, b = 0] = rgb.map((byte) => {
      const c = byte / 255
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element: Element): string[] => {
    const colors: string[] = []
    for (let at: Element | null = element; at; at = at.parentElement)
      colors.unshift(getComputedStyle(at).backgroundColor)
    return ['#fff', ...colors]
  }
  const ratioOf = (element: Element): number => {
    const back = behind(element)
    const under = luminance(paint(back))
    const over = luminance(paint([...back, getComputedStyle(element).color]))
    return (Math.max(under, over) + 0.05) / (Math.min(under, over) + 0.05)
  }
  const needed = (element: Element): number => {
    const { fontSize, fontWeight } = getComputedStyle(element)
    const size = Number.parseFloat(fontSize)
    return size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5
  }
  const poor: PoorText[] = []
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    const text = texts.currentNode.textContent?.trim()
    if (
      !element ||
      !text ||
      element.closest(':disabled, noscript, option') ||
      !element.checkVisibility()
    )
      continue
    const ratio = ratioOf(element)
    if (ratio < needed(element)) poor.push({ text, ratio, where: element.className })
  }
  return poor
}
