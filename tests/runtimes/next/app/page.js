"use client";

import { useEffect } from "react";
import { result } from "./suite.js";

export default function Page() {
  useEffect(() => {
    globalThis.result ??= result();
  }, []);
  return <p>The suite runs.</p>;
}
