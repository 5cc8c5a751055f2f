"""The customers' pages. Plain views, no JavaScript."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from .actions import OutOfStockError, place_order
from .cart import FREE_SHIPPING_FROM, MAX_QTY, Cart
from .forms import CheckoutForm, RegisterForm
from .models import Customer, Order, Product


def product_list(request):
    products = Product.objects.filter(is_published=True)
    category, words = request.GET.get("category", ""), request.GET.get("q", "").strip()
    if category in Product.Category.values:
        products = products.filter(category=category)
    if words:
        products = products.filter(name__icontains=words)
    return render(
        request,
        "shop/product_list.html",
        {
            "products": products,
            "categories": Product.Category.choices,
            "category": category,
            "category_name": dict(Product.Category.choices).get(category),
            "q": words,
            "free_from": FREE_SHIPPING_FROM,
        },
    )


def product_detail(request, slug):
    product = get_object_or_404(Product, slug=slug, is_published=True)
    related = Product.objects.filter(category=product.category, is_published=True).exclude(pk=product.pk)[:4]
    quantities = range(1, min(product.stock, 10) + 1)
    return render(
        request,
        "shop/product_detail.html",
        {"product": product, "related": related, "quantities": quantities},
    )


@require_POST
def cart_add(request, pk):
    product = get_object_or_404(Product, pk=pk, is_published=True)
    Cart(request).add(product, _quantity(request.POST.get("qty", "1")))
    messages.success(request, f"「{product.name}」をカートに入れました。")
    return redirect("shop:cart")


def cart(request):
    cart = Cart(request)
    if request.method == "POST":
        for line in cart.lines:
            remove = request.POST.get("remove") == str(line.product.pk)
            value = "0" if remove else request.POST.get(f"qty-{line.product.pk}", str(line.qty))
            cart.set(line.product, _quantity(value))
        return redirect("shop:cart")
    missing = FREE_SHIPPING_FROM - cart.subtotal
    return render(request, "shop/cart.html", {"cart": cart, "missing": missing, "max_qty": MAX_QTY})


def checkout(request):
    cart = Cart(request)
    if not cart.lines:
        return redirect("shop:cart")
    customer = _customer_of(request.user)
    initial = {}
    if customer is not None:
        names = ["name", "kana", "email", "phone", "postal_code", "address"]
        initial = {name: getattr(customer, name) for name in names}
    form = CheckoutForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            order = place_order(cart, user=request.user, data=form.cleaned_data)
        except OutOfStockError as problem:
            messages.error(request, str(problem))
            return redirect("shop:cart")
        cart.clear()
        request.session["order"] = order.number
        return redirect("shop:complete")
    return render(request, "shop/checkout.html", {"cart": cart, "form": form})


def complete(request):
    order = get_object_or_404(Order, number=request.session.get("order", ""))
    return render(request, "shop/complete.html", {"order": order})


class Login(LoginView):
    template_name = "shop/login.html"


def register(request):
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.save())
        messages.success(request, "会員登録が完了しました。")
        return redirect("shop:mypage")
    return render(request, "shop/register.html", {"form": form})


@login_required
def mypage(request):
    customer = _customer_of(request.user)
    orders = Order.objects.filter(customer=customer).prefetch_related("lines") if customer else []
    return render(request, "shop/mypage.html", {"customer": customer, "orders": orders})


@login_required
def order_detail(request, number):
    order = get_object_or_404(Order, number=number, customer__user=request.user)
    return render(request, "shop/order_detail.html", {"order": order})


def _customer_of(user) -> Customer | None:
    return Customer.objects.filter(user=user).first() if user.is_authenticated else None


def _quantity(text: str) -> int:
    return int(text) if text.isdecimal() else 1
