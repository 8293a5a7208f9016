/** How unlike its usual self a device was in a window: for keeping and showing over time. */
export interface DeviceScore {
  /** Beginning of the window, which has 5 minutes. */
  startMs: number
  agent: string
  address: string
  /** Of the device, '' unknown. */
  deviceClass: string
  /** 0–1 by what the device does usually; undefined while that is being learned. */
  score: number | undefined
  /** 0–1 by what devices of the class do; undefined without a class, and while that is being learned. */
  classScore: number | undefined
  /** Ordinary windows learned of the device, and how many it takes for a score. */
  learned: number
  needed: number
  /** It was told as a detection, and not learned. */
  isUnusual: boolean
}
