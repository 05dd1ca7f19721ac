import { useCallback, useEffect, useRef, useState } from 'react';

/** A pointer that has not moved for so long is not on its way to anything. */
const restMs = 3_000;

/** Whether a pointer is on its way, and what to call when it moves. */
export function useMoving(): [isMoving: boolean, moved: () => void] {
  const [isMoving, setIsMoving] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const moved = useCallback(() => {
    setIsMoving(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsMoving(false), restMs);
  }, []);
  return [isMoving, moved];
}
