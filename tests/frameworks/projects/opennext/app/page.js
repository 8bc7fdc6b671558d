export default function Page() {
  return <p>plaid-edge</p>;
}
