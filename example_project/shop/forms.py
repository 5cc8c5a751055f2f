from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import BaseUserCreationForm
from django.core.validators import RegexValidator

from .models import Customer, Order

phone = RegexValidator(r"^[0-9０-９+()（） ー－-]{9,20}$", "電話番号は数字とハイフンで入力してください。")
postal_code = RegexValidator(r"^\d{3}-?\d{4}$", "郵便番号は 123-4567 の形で入力してください。")


class CheckoutForm(forms.Form):
    name = forms.CharField(
        label="お名前",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "name", "placeholder": "山田花子"}),
    )
    kana = forms.CharField(
        label="フリガナ",
        max_length=60,
        required=False,
        widget=forms.TextInput({"placeholder": "ヤマダハナコ"}),
    )
    email = forms.EmailField(
        label="メールアドレス",
        widget=forms.EmailInput({"autocomplete": "email", "placeholder": "hanako@example.jp"}),
        help_text="ご注文の確認メールをお送りします。",
    )
    phone = forms.CharField(
        label="電話番号", validators=[phone], widget=forms.TextInput({"autocomplete": "tel", "type": "tel"})
    )
    postal_code = forms.CharField(
        label="郵便番号",
        validators=[postal_code],
        widget=forms.TextInput({"autocomplete": "postal-code", "placeholder": "123-4567"}),
    )
    address = forms.CharField(
        label="お届け先の住所", max_length=200, widget=forms.TextInput({"autocomplete": "street-address"})
    )
    payment_method = forms.ChoiceField(
        label="お支払方法",
        choices=Order.PaymentMethod.choices,
        widget=forms.RadioSelect,
        initial=Order.PaymentMethod.CARD,
    )
    note = forms.CharField(
        label="ご要望", required=False, widget=forms.Textarea({"rows": 3, "placeholder": "ギフト包装など"})
    )


class RegisterForm(BaseUserCreationForm):
    name = forms.CharField(label="お名前", max_length=60)
    email = forms.EmailField(label="メールアドレス")

    class Meta:
        model = get_user_model()
        fields = ["username", "email"]

    field_order = ["name", "email", "username", "password1", "password2"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.pop("autofocus", None)  # it is the third field here

    def save(self, commit=True):
        user = super().save(commit=commit)
        if commit:
            Customer.objects.create(
                user=user, name=self.cleaned_data["name"], email=self.cleaned_data["email"]
            )
        return user
