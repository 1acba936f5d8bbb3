import { UserError } from '../../trace/errors.js';

/** As published with TeaCache's scripts (ali-vilab/TeaCache at 7c10efc), highest power first. */
export const TEA_CACHE_COEFFICIENTS: Readonly<Record<string, readonly number[]>> = {
  flux: [498.651651, -283.781631, 55.8554382, -3.82021401, 0.264230861],
  'hunyuan-video': [733.226126, -401.131952, 67.5869174, -3.149878, 0.0961237896],
  'cosmos-7b': [271.156237, -91.9775607, 2.2443725, 2.08355751, 0.14177633],
  'wan2.1-1.3b': [2396.76752, -1311.10545, 201.331979, -8.29855975, 0.137887774],
  'wan2.1-1.3b-ret-steps': [-52186.2437, 9230.41404, -528.275948, 13.6987616, -0.0499875664],
  'wan2.1-14b': [-5784.54975374, 5449.50911966, -1811.16591783, 256.27178429, -13.02252404],
  'cogvideox-5b': [-1538.80483, 843.202495, -134.363087, 7.97131516, -0.0523162339],
  'cogvideox1.5-5b': [250.210439, -165.061612, 35.7804877, -0.781551492, 0.0358559703],
};

/**
 * A model's name, or numbers between commas.
 * @throws UserError listing the models
 */
export function teaCacheCoefficients(text: string): readonly number[] {
  const known = Object.entries(TEA_CACHE_COEFFICIENTS).find(([name]) => name === text)?.[1];
  if (known !== undefined) return known;
  const numbers = text.split(',').map((word) => (word.trim() === '' ? NaN : Number(word)));
  if (numbers.length > 1 && numbers.every(Number.isFinite)) return numbers;
  throw new UserError(`'${text}' are no coefficients`, {
    hint: `numbers between commas, highest power first, or ${Object.keys(TEA_CACHE_COEFFICIENTS).join(', ')}`,
  });
}
