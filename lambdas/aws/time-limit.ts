/** Rejects with a TimeoutError when `work` takes longer than `milliseconds`; what it does goes on unheeded. */
export async function withTimeLimit<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    timeout.reject(new DOMException(`It took more than ${milliseconds} ms.`, 'TimeoutError'));
  }, milliseconds);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
