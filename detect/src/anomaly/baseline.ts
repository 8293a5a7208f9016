/** What a device (or a class of devices) does usually: its last windows that were ordinary, and the model of them. */
import { refreshModel, scoreValues, trainModel, type AnomalyModel } from './anomaly-model.ts'
import { FOREST_DEFAULTS } from './isolation-forest.ts'
import { WINDOW_COLUMNS } from './window-columns.ts'

const WIDTH = WINDOW_COLUMNS.length
/** A week of a device that is always on: 105 kB. */
export const MAX_WINDOWS = 2016
/** An hour of new windows replaces a tenth of the trees, so that a model is never older than ten such hours. */
const REFRESH_WINDOWS = 12
const REFRESH_TREES = FOREST_DEFAULTS.trees / 10

export interface Baseline {
  /** Ordinary windows that were seen, at most MAX_WINDOWS. */
  readonly learned: number
  /** Undefined until there are enough windows. */
  readonly model: AnomalyModel | undefined
  /** Windows that alerted must not come here. */
  learn(row: Float64Array): void
  /** The model does not know enough of what was learned. */
  isDue(): boolean
  /** Makes or renews the model, some 10 ms. */
  renew(): void
  /** 0–1; undefined as long as there is no model. */
  score(row: Float64Array): number | undefined
  /** All that it was taught, window after window, oldest first: for `createBaseline`. */
  windows(): Float32Array
}

/** `seed`: trees of two baselines must not be alike. `needed`: windows before the first model. `taught`: what `windows` gave. */
export const createBaseline = (
  seed: number,
  needed: number,
  taught: Float32Array = new Float32Array(0),
): Baseline => {
  let kept = new Float32Array(Math.max(WIDTH * REFRESH_WINDOWS, taught.length))
  kept.set(taught)
  let held = taught.length / WIDTH
  /** Where the next window goes, once as many are held as may be. */
  let next = 0
  let unknown = 0
  let generation = 0
  let model: AnomalyModel | undefined

  const put = (row: Float64Array): void => {
    if (held < MAX_WINDOWS) {
      if ((held + 1) * WIDTH > kept.length) {
        const grown = new Float32Array(Math.min(2 * kept.length, MAX_WINDOWS * WIDTH))
        grown.set(kept)
        kept = grown
      }
      kept.set(row, WIDTH * held++)
      return
    }
    kept.set(row, WIDTH * next)
    next = (next + 1) % MAX_WINDOWS
  }

  return {
    get learned() {
      return held
    },
    get model() {
      return model
    },
    learn(row) {
      put(row)
      unknown++
    },
    isDue: () => (model ? unknown >= REFRESH_WINDOWS : held >= needed),
    renew() {
      const values = Float64Array.from(kept.subarray(0, held * WIDTH))
      const settings = { ...FOREST_DEFAULTS, seed: seed + 2 ** 32 * generation++ }
      model = model
        ? refreshModel(model, values, REFRESH_TREES, settings)
        : trainModel(WINDOW_COLUMNS, values, settings)
      unknown = 0
    },
    score: (row) => (model ? scoreValues(model, row)[0] : undefined),
    windows() {
      const rows = kept.subarray(0, held * WIDTH)
      const [newer, older] = [rows.subarray(0, next * WIDTH), rows.subarray(next * WIDTH)]
      return Float32Array.from([...older, ...newer])
    },
  }
}
