const then: Record<string, string> = { "go on": "继续", promote: "继续", abort: "中止", hold: "停住等待" };

/** Sentences of the API about steps, and what they are in Simplified Chinese. {1} is the first group, {then} the last word. */
const sentences: [RegExp, string][] = [
  [/^wait until the candidate's instances pass$/, "等待候选版实例通过检查"],
  [/^give the candidate (\S+)$/, "给候选版 {1}"],
  [/^wait until somebody promotes$/, "等待有人推进"],
  [/^wait (\S+)$/, "等待 {1}"],
  [/^watch the verdict for (\S+)$/, "观察判定 {1}"],
  [/^wait for the verdict, at most (\S+), then (go on|abort|hold)$/, "等待判定，最长 {1}，之后{then}"],
  [/^copy no more requests$/, "不再复制请求"],
  [/^copy (\S+) of (.+) to the candidate$/, "把 {2} 请求的 {1} 复制给候选版"],
  [/^ask the gate (.+), at most (\S+)$/, "询问关卡 {1}，最长 {2}"],
  [/^bake for (\S+); without a verdict then (go on|abort|hold)$/, "观察 {1}；没有判定时{then}"],
  [/^promote$/, "提升为稳定版"],
  [/^it waits until somebody promotes$/, "等待有人推进"],
  [/^it waits until somebody resumes: (.*)$/, "等待有人继续：{1}"],
  [/^it waits because of this: (.*)$/, "等待原因：{1}"],
  [/^a new version starts a rollout$/, "出现新版本时开始发布"],
  [/^the first version that passes becomes stable$/, "第一个通过检查的版本成为稳定版"],
  [/^nothing: no policy is in force$/, "没有生效的策略"],
  [/^the rollout of (\S+) begins when it has been there for (\S+)$/, "{1} 存在 {2} 后开始发布"],
  [/^the steps begin when (\d+) of its instances have passed for (\S+) and all proxies know of it$/, "有 {1} 个实例通过检查达 {2} 且所有代理都已知晓后开始各步骤"],
  [/^(\S+) becomes stable when the promotion is done$/, "推进完成后 {1} 成为稳定版"],
  [/^(\S+) stays without traffic; its rollout is over when its instances are gone$/, "{1} 不再有流量；其实例离开后发布结束"],
  [/^the rollout ends when all proxies have weight 0$/, "所有代理的权重为 0 后发布结束"],
  [/^the weight of (.+) holds for another (\S+); then the rollout waits$/, "{1} 设置的权重还会保持 {2}，之后发布等待"],
  [/^the next step begins when all proxies have the weight$/, "所有代理都采用该权重后进入下一步"],
  [/^the next step begins in (\S+)$/, "{1} 后进入下一步"],
  [/^the next step begins in (\S+) unless the candidate fails$/, "{1} 后进入下一步，除非候选版失败"],
  [/^the next step begins when the gate (.+) says yes$/, "关卡 {1} 放行后进入下一步"],
  [/^the next step begins at PASS; without one in (\S+): (promote|abort|hold)$/, "判定通过后进入下一步；{1} 内没有判定则{then}"],
  [/^the next step begins at PASS in (\S+) or later; without one then: (promote|abort|hold)$/, "至少 {1} 后判定通过则进入下一步；否则{then}"],
];

/** A sentence in Chinese; undefined for one that is not known. */
export function inChinese(text: string): string | undefined {
  for (const [pattern, chinese] of sentences) {
    const found = pattern.exec(text);
    if (found) {
      return chinese.replace("{then}", then[found.at(-1)!] ?? "").replace(/\{(\d)\}/g, (_, n: string) => found[Number(n)] ?? "");
    }
  }
  return undefined;
}
