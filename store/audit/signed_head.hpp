// Signed heads: an Ed25519 key says how far each stream of a log went and with which chain, so that
// a cut or rewritten tail shows. Values; a SigningKey has one owner, any thread may verify.
#pragma once

#include "events/base/result.hpp"
#include "events/control.hpp"
#include "store/event_log.hpp"

#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace ars::store {

using Signature = std::array<std::uint8_t, 64>;

class SigningKey {
 public:
  // The pair that belongs to a seed; the same seed gives the same pair.
  static SigningKey from_seed(const Bytes32& seed);
  // A fresh seed from the system. Errc::unavailable: no randomness there.
  static Result<Bytes32> random_seed();

  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  const Bytes32& public_key() const;
  Signature sign(std::string_view text) const;

 private:
  struct Impl;
  explicit SigningKey(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Whether the text was signed by the owner of this key. Any bytes may be given.
bool signature_holds(const Bytes32& public_key, std::string_view text, ByteSpan signature);

// `ars/<cluster>/<generation>.<topic>.<partition>`: which stream of which log a head speaks of.
std::string origin_of(const ClusterId& cluster, const Stream& stream);

// The text that is signed: origin, next offset and chain on a line each.
std::string head_text(const ClusterId& cluster, const Head& head);

// A head as it is published on ctl, and the check of one.
events::HeadSigned sign_head(const ClusterId& cluster, const Head& head, const SigningKey& key);
bool head_holds(const events::HeadSigned& head, const Bytes32& public_key);

}  // namespace ars::store
